import { type Call, ProviderError } from '@kube-node/core/provider'
import { placeOf } from './config.ts'
import { type Creation, creationIn, forget } from './creation.ts'
import { failedProgram, reasonOf } from './errors.ts'
import { failed, fateOf } from './fate.ts'
import { type Ground, isHarmless } from './ground.ts'
import { type Entry, amended, isLiving } from './ledger.ts'
import { type Inspected, addressesOf, loginOf } from './machine.ts'
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
   * or was stopped in its middle has made
   */
  takeBack(entry: Entry, call: Call): Promise<void>
  /** Whether the driver has written down what it made. */
  isKnown(entry: Entry, call: Call): Promise<boolean>
}

/** `failedAt`: when a place could last not be used, in milliseconds. */
export const createEnding = (ground: Ground, failedAt: Map<string, number>): Ending => {
  const { storageId, ledger, keeper, folderOf, runOf, command, restore, giveBack, leaveNothing, askPerson } = ground

  const isKnown = async (entry: Entry, call: Call): Promise<boolean> => {
    await restore(entry.name, call)
    return isTraceable(entry, folderOf(entry.name))
  }

  /** What is made is known, and of what drivers make that make nothing there is nothing to lose. */
  const remainsNow = async (entry: Entry, creation: Creation, call: Call): Promise<Remains> => {
    const { name, driver, state } = entry
    // Without what was kept the program says that all is removed, and removes nothing.
    const traceable = await isKnown(entry, call)
    if (traceable || state !== 'creating' || isHarmless(driver)) return 'known'
    if (creation.state === 'ended') return remainsOf({ ...creation, driver, isConfigured: await isConfigured(entry, folderOf(name)) })
    return fateOf(entry, creation, storageId, call.clock.now()) === 'none' ? 'nothing' : 'unknown'
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
      if (remains === 'unknown') return askPerson(entry, call, failed(entry, exit, reasonOf(output)))
      const removed = remains === 'known' ? await command(entry.name, ['rm', '-y', entry.name], call) : undefined
      if (removed && removed.exit !== 0) {
        const why = `${reasonOf(output)}; and what it may have made can't be removed: ${reasonOf(removed.output)}`
        throw new ProviderError('Internal', `create ended with ${exit}: ${why}`)
      }
      if (entry.host) failedAt.set(placeOf(entry.host), call.clock.now())
      await giveBack(entry, call)
      throw failedProgram('create', exit, output, { outcome: 'none', scope: entry.scope })
    },
    async takeBack(entry, call) {
      const { name } = entry
      const creation = await creationIn(runOf(name), call.clock.now())
      const remains = await remainsNow(entry, creation, call)
      if (remains === 'unknown')
        return askPerson(entry, call, creation.state === 'ended' ? failed(entry, creation.exit, reasonOf(creation.output)) : undefined)
      if (remains === 'known') {
        const { exit, output } = await command(name, ['rm', '-y', name], call)
        if (exit !== 0) throw failedProgram(`rm ${name}`, exit, output)
      }
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
