import { type Call, ProviderError } from '@kube-node/core/provider'
import { failedProgram } from './errors.ts'
import { type Ground, isHarmless } from './ground.ts'
import type { Entry } from './ledger.ts'
import { optionsOf } from './options.ts'

/** Lets the program remove a machine. @throws ProviderError where that is not proven */
export const createRemoval = ({ program, storage, command }: Ground): ((entry: Entry, call: Call) => Promise<void>) => {
  /**
   * Without its driver the program removes nothing, forgets the machine and ends with 0: it takes every "not found" for the cloud's answer
   * that there is no such machine, "driver not found" too.
   */
  const mustHaveDriver = async ({ name, driver }: Entry, call: Call): Promise<void> => {
    try {
      await optionsOf(program, driver, storage, call)
    } catch (error) {
      if (!ProviderError.is(error)) throw error
      const why = `driver ${driver} can't be used here, and without it the program forgets ${name} and removes nothing: ${error.message}`
      throw new ProviderError('Unavailable', why, { outcome: 'unknown' })
    }
  }

  return async (entry, call) => {
    const { name, driver } = entry
    if (!isHarmless(driver)) await mustHaveDriver(entry, call)
    const { exit, output } = await command(name, ['rm', '-y', name], call)
    if (exit !== 0) throw failedProgram(`rm ${name}`, exit, output)
  }
}
