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
  const identity = driverIn(text)?.[field]
  return typeof identity === 'string' && identity !== ''
}

const driverIn = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    // The program's own format: the cast at the border.
    return (JSON.parse(text) as { readonly Driver?: Readonly<Record<string, unknown>> }).Driver
  } catch (error) {
    // The computer died while it was written.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
