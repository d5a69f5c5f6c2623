import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ProviderError } from '@kube-node/core/provider'

/**
 * The name of a storage, which no other folder has: so another computer's is told from ours at the same path. The folder is made where it
 * is missing. @throws ProviderError `Unavailable`, outcome none
 */
export const identityOf = (folder: string, uuid: () => string): string => {
  const path = join(folder, 'id')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!existsSync(path)) giveName(path, uuid())
    const name = readFileSync(path, 'utf8').trim()
    if (name !== '') return name
  } catch (error) {
    throw new ProviderError('Unavailable', `storage can't be used: ${String(error)}`, { outcome: 'none', cause: error })
  }
  throw new ProviderError('Unavailable', `${path} is empty: remove it, and another name is written there`, { outcome: 'none' })
}

/** On a full disk there is the whole name or none. Who comes later keeps the one that is there. */
const giveName = (path: string, name: string): void => {
  const part = `${path}.${name}`
  try {
    writeFileSync(part, name, { mode: 0o600 })
    linkSync(part, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(part, { force: true })
  }
}
