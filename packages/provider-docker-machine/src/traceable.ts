import { join } from 'node:path'
import { textOf } from './files.ts'
import type { Entry } from './ledger.ts'
import { machineFolder } from './program.ts'

/** Where drivers write down which machine they have made. Of a driver that is not here nobody knows. */
const identities: Readonly<Record<string, string>> = { amazonec2: 'InstanceId' }

const configurationOf = (name: string, folder: string): Promise<string | undefined> =>
  textOf(join(machineFolder(folder, name), 'config.json'))

/** Has the program written down that it is about to make it? */
export const isConfigured = async ({ name }: Entry, folder: string): Promise<boolean> => (await configurationOf(name, folder)) !== undefined

/**
 * Has a create that was stopped in its middle written down what it made, so that `rm` removes just that? Without it `rm` says that all
 * went well, and the machine lives on.
 */
export const isTraceable = async ({ name, driver }: Entry, folder: string): Promise<boolean> => {
  const field = identities[driver]
  const text = await configurationOf(name, folder)
  if (field === undefined || text === undefined) return false
  const identity = parsed(text)?.Driver?.[field]
  return typeof identity === 'string' && identity !== ''
}

/** Is its configuration there, to its end? Of one that is torn the program wants to know nothing, not even to remove its machine. */
export const isWhole = async (name: string, folder: string): Promise<boolean> => {
  const text = await configurationOf(name, folder)
  return text !== undefined && parsed(text) !== undefined
}

interface Configuration {
  readonly Driver?: Readonly<Record<string, unknown>>
}

const parsed = (text: string): Configuration | undefined => {
  try {
    // The program's own format: the cast at the border.
    return JSON.parse(text) as Configuration
  } catch (error) {
    // The computer died while it was written.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
