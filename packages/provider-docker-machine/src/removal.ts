import { type Call, ProviderError } from '@kube-node/core/provider'
import { sshKeyEntry } from './config.ts'
import { failedProgram } from './errors.ts'
import { type Ground, isHarmless } from './ground.ts'
import type { Entry } from './ledger.ts'
import { type Option, optionsOf, renewed } from './options.ts'

/** Lets the program remove a machine, by the secrets of today. @throws ProviderError where that is not proven */
export const createRemoval = ({ program, storage, secrets, command }: Ground): ((entry: Entry, call: Call) => Promise<void>) => {
  const { [sshKeyEntry]: _ofHosts, ...others } = secrets

  /**
   * Without its driver the program removes nothing, forgets the machine and ends with 0: it takes every "not found" for the cloud's answer
   * that there is no such machine, "driver not found" too.
   */
  const optionsNow = async ({ name, driver }: Entry, call: Call): Promise<ReadonlyMap<string, Option>> => {
    try {
      return await optionsOf(program, driver, storage, call)
    } catch (error) {
      if (!ProviderError.is(error)) throw error
      const why = `driver ${driver} can't be used here, and without it the program forgets ${name} and removes nothing: ${error.message}`
      throw new ProviderError('Unavailable', why, { outcome: 'unknown' })
    }
  }

  /** With it rancher-machine takes options of the driver here too, and refuses what it does not know. docker-machine does not have it. */
  const takesOptions = async (name: string, call: Call): Promise<boolean> =>
    (await command(name, ['rm', '--help'], call)).output.includes(updateConfig)

  const remove = async (name: string, call: Call, args: readonly string[] = [], variables?: Secrets): Promise<void> => {
    const { exit, output } = await command(name, ['rm', '-y', ...args, name], call, variables)
    if (exit !== 0) throw failedProgram(`rm ${name}`, exit, output)
  }

  return async (entry, call) => {
    const { name, driver } = entry
    if (isHarmless(driver)) return remove(name, call)
    const { args, variables } = renewed(others, await optionsNow(entry, call))
    return remove(name, call, (await takesOptions(name, call)) ? [updateConfig, ...args] : [], variables)
  }
}

type Secrets = Readonly<Record<string, string>>

const updateConfig = '--update-config'
