import { type Call, ProviderError } from '@kube-node/core/provider'
import { placeOf } from './config.ts'
import { type Creation, creationIn, forget } from './creation.ts'
import { failedProgram, reasonOf } from './errors.ts'
import { failed, fateOf, lost, unheardOf } from './fate.ts'
import { type Ground, isHarmless, lookAgainMs } from './ground.ts'
import { type Entry, amended, isLiving } from './ledger.ts'
import { type Inspected, addressesOf, loginOf } from './machine.ts'
import { createRemoval } from './removal.ts'
import { type Remains, remainsOf } from './remains.ts'
import { isConfigured, isTraceable } from './traceable.ts'

/** How machines come to be there, and to be gone: for who has called, and for who finds what a life that died has left. */
export interface Ending {
  /** The program has made it: keeps all of it. Answers its line, which says `gone` where somebody has removed the machine meanwhile. */
  finish(entry: Entry, call: Call): Promise<Entry>
  /** Of a create that failed nothing is left, or it is said that something may be. @throws ProviderError, always */
  undo(entry: Entry, creation: Extract<Creation, { state: 'ended' }>, call: Call): Promise<never>
  /**
   * Lets the program remove what it has made, and forgets it. @throws ProviderError `Internal` when nobody knows what a create that failed
   * or was stopped in its middle has made; `Busy` while another computer may be at work on it
   */
  takeBack(entry: Entry, call: Call): Promise<void>
  /** Whether the driver has written down what it made. */
  isKnown(entry: Entry, call: Call): Promise<boolean>
}

/** `failedAt`: when a place could last not be used, in milliseconds. */
export const createEnding = (ground: Ground, failedAt: Map<string, number>): Ending => {
  const { storageId, ledger, keeper, folderOf, runOf, command, restore, giveBack, leaveNothing, askPerson } = ground
  const remove = createRemoval(ground)

  const isKnown = async (entry: Entry, call: Call): Promise<boolean> => {
    await restore(entry.name, call)
    return isTraceable(entry, folderOf(entry.name))
  }

  const remainsNow = async (entry: Entry, creation: Creation, call: Call): Promise<Remains> => {
    const { name, driver, state } = entry
    // Without what was kept the program says that all is removed, and removes nothing.
    if ((await isKnown(entry, call)) || isHarmless(driver)) return 'known'
    const configured = await isConfigured(entry, folderOf(name))
    if (state !== 'creating') return configured ? 'known' : 'unknown'
    if (creation.state === 'ended') return remainsOf({ ...creation, driver, isConfigured: configured })
    return fateOf(entry, creation, storageId, call.clock.now()) === 'none' ? 'nothing' : 'unknown'
  }

  /** Why nobody knows what it made. */
  const whyUnknown = (entry: Entry, creation: Creation): string | undefined => {
    if (entry.state !== 'creating') return lost(entry)
    return creation.state === 'ended' ? failed(entry, creation.exit, reasonOf(creation.output)) : undefined
  }

  return {
    isKnown,
    async finish(entry, call) {
      const { name } = entry
      const { exit, stdout, output } = await command(name, ['inspect', name], call)
      if (exit !== 0) throw failedProgram(`inspect ${name}`, exit, output)
      const inspected = parsed(name, stdout)
      await keeper.keep(folderOf(name), entry, call)
      const machines = await ledger.change(call, lines => {
        // The line as it is by now: a host's key was written there meanwhile, or somebody elsewhere has removed the machine.
        const line = lines[name]
        if (!line || !isLiving(line)) return lines
        return amended(name, { state: 'made', addresses: addressesOf(inspected), login: line.login ?? loginOf(inspected) })(lines)
      })
      const made = machines[name]
      if (made && isLiving(made)) await forget(runOf(name))
      else await leaveNothing(name, call)
      return made ?? { ...entry, state: 'gone' }
    },
    async undo(entry, creation, call) {
      const { exit, output } = creation
      const remains = await remainsNow(entry, creation, call)
      if (remains === 'unknown') return askPerson(entry, call, whyUnknown(entry, creation))
      try {
        if (remains === 'known') await remove(entry, call)
      } catch (error) {
        if (!ProviderError.is(error)) throw error
        const why = `${reasonOf(output)}; and what it may have made can't be removed: ${error.message}`
        throw new ProviderError('Internal', `create ended with ${exit}: ${why}`)
      }
      if (entry.host) failedAt.set(placeOf(entry.host), call.clock.now())
      await giveBack(entry, call)
      throw failedProgram('create', exit, output, { outcome: 'none', scope: entry.scope })
    },
    async takeBack(entry, call) {
      const { name, state } = entry
      const creation = await creationIn(runOf(name), call.clock.now())
      const remains = await remainsNow(entry, creation, call)
      if (remains === 'unknown') {
        // Who looks in the cloud too early finds nothing there, and gives up what is about to be made.
        if (state === 'creating' && fateOf(entry, creation, storageId, call.clock.now()) === 'elsewhere')
          throw new ProviderError('Busy', unheardOf(entry), { outcome: 'unknown', retryAfterMs: lookAgainMs })
        return askPerson(entry, call, whyUnknown(entry, creation))
      }
      if (remains === 'known') await remove(entry, call)
      await giveBack(entry, call)
    },
  }
}

const parsed = (name: string, stdout: string): Inspected => {
  try {
    // Plugins may talk before and after it.
    const from = stdout.indexOf('{')
    const to = stdout.lastIndexOf('}')
    // The program's own format: the cast at the border.
    return JSON.parse(stdout.slice(from, to + 1)) as Inspected
  } catch (error) {
    throw new ProviderError('Internal', `inspect ${name} answers no JSON`, { cause: error })
  }
}
