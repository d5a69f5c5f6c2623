import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProviderError } from '@kube-node/core/provider'
import { describe, expect, it } from 'vitest'
import { ground } from './ground.ts'

const folder = () => {
  const root = mkdtempSync(join(tmpdir(), 'identity-'))
  return { root, storage: join(root, 'storage'), [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}

/** What a connection with that storage is refused with. */
const refusalOf = async (storage: string): Promise<ProviderError> => {
  await using stage = await ground()
  try {
    stage.connect({ storage })
  } catch (error) {
    if (ProviderError.is(error)) return error
    throw error
  }
  throw new Error(`${storage} was accepted`)
}

describe('a storage', () => {
  it('gets a name that no other one has, and keeps it', async () => {
    using place = folder()
    await using stage = await ground()
    stage.connect({ storage: place.storage })
    const name = readFileSync(join(place.storage, 'id'), 'utf8')
    stage.connect({ storage: place.storage })
    stage.connect({ storage: join(place.root, 'other') })
    expect(name).toMatch(/^[\da-f-]{36}$/)
    expect(readFileSync(join(place.storage, 'id'), 'utf8')).toBe(name)
    expect(readFileSync(join(place.root, 'other/id'), 'utf8')).not.toBe(name)
    expect(readdirSync(place.storage)).toEqual(['id'])
  })

  it.each(['', '\n'])('is refused with an empty name, as two of them would take creates of each other for never begun: %j', async text => {
    using place = folder()
    mkdirSync(place.storage)
    writeFileSync(join(place.storage, 'id'), text)
    const refused = await refusalOf(place.storage)
    expect(refused).toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
    expect(refused.message).toContain(`${join(place.storage, 'id')} is empty: remove it`)
  })

  it('is refused where nothing can be written, with the reason', async () => {
    using place = folder()
    writeFileSync(place.storage, 'a file')
    const refused = await refusalOf(place.storage)
    expect(refused).toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
    expect(refused.message).toMatch(/storage can't be used: .*EEXIST/)
  })
})
