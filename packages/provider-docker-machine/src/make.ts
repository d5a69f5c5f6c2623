import { rm } from 'node:fs/promises'
import { type Call, type CreateRequest, ProviderError } from '@kube-node/core/provider'
import { type DockerMachineConfig, type Host, placeOf, sshKeyEntry } from './config.ts'
import { type Creation, awaitEnd, begin, creationIn, forget } from './creation.ts'
import type { Ending } from './ending.ts'
import { reasonOf } from './errors.ts'
import { fateOf, unheardOf } from './fate.ts'
import { giveFiles } from './files.ts'
import { type Ground, isHarmless, lookAgainMs } from './ground.ts'
import { occupy } from './hostSteps.ts'
import { type Entry, amended } from './ledger.ts'
import { type Arguments, argumentsOf, createOptions } from './options.ts'
import { environmentOf } from './program.ts'
import { reserved } from './reserve.ts'

export interface Maker {
  make(request: CreateRequest<DockerMachineConfig>, call: Call): Promise<Entry>
}

/**
 * Makes the machine of a request, or goes on where another life left off. What is written down comes before what is done, so that
 * whoever comes next knows: a line in the ledger, then the host's own mark, then the program's folder, then the program.
 */
export const createMaker = (ground: Ground, { finish, undo, takeBack }: Ending, failedAt: Map<string, number>): Maker => {
  const { program, storage, storageId, secrets, turns, ledger, keeper, folderOf, runOf, login, drop } = ground
  const { [sshKeyEntry]: privateKey, ...others } = secrets
  const optionsFor = createOptions(program, storage)

  const start = async ({ name, host, driver }: Entry, { args, secrets: variables, files }: Arguments): Promise<void> => {
    const folder = folderOf(name)
    const paths = await giveFiles(folder, { ...files, ...(host && { 'generic-ssh-key': privateKey ?? '' }) })
    const given = Object.entries(paths).map(([option, path]) => `--${option}=${path}`)
    const place = host ? [`--generic-ip-address=${host.address}`, `--generic-ssh-port=${host.port}`, `--generic-ssh-user=${host.user}`] : []
    const command = [program, 'create', '--driver', driver, ...args, ...given, ...place, name]
    await begin(runOf(name), command, environmentOf(folder, variables))
  }

  /** Another attempt makes another one, when it is known what this one has made. @throws ProviderError, always */
  const giveUp = async (entry: Entry, output: string, call: Call): Promise<never> => {
    await takeBack(entry, call)
    throw new ProviderError('Unavailable', `create was stopped in its middle, and what it made is removed: ${reasonOf(output)}`, {
      outcome: 'none',
    })
  }

  /** Another computer's, or one that was stopped: begun anew where that does no harm. */
  const takeOver = async (entry: Entry, creation: Creation, call: Call): Promise<void> => {
    const fate = fateOf(entry, creation, storageId, call.clock.now())
    if (fate === 'here' || fate === 'none') return
    if (!isHarmless(entry.driver)) {
      if (fate === 'elsewhere') throw new ProviderError('Busy', unheardOf(entry), { retryAfterMs: lookAgainMs })
      return giveUp(entry, '', call)
    }
    await forget(runOf(entry.name))
    await rm(folderOf(entry.name), { recursive: true, force: true })
    await ledger.change(call, amended(entry.name, { storage: storageId }))
  }

  const occupyHost = async (entry: Entry, call: Call): Promise<void> => {
    if (!entry.host) return
    let wasAsked = false
    try {
      await using session = await login(entry, call)
      await ledger.change(call, amended(entry.name, { marked: true }))
      wasAsked = true
      await occupy(session, entry.ssh.folder, entry.owner)
    } catch (error) {
      call.signal.throwIfAborted()
      failedAt.set(placeOf(entry.host), call.clock.now())
      if (!ProviderError.is(error)) throw error
      const { code, message, facts } = error
      const isAnothers = code === 'InvalidConfig'
      const isLost = wasAsked && facts.outcome !== 'none'
      // Who may carry our mark is kept: asked again, or cleaned when nobody asks any more. To others nothing was done.
      if (isAnothers || !(isLost || entry.marked === true)) await drop({ ...entry, neverMade: true }, call)
      throw new ProviderError(isLost ? 'Busy' : code, message, { ...facts, outcome: 'none' })
    }
  }

  /** Its line as it is now: `creating` when a create was begun, by this call or by another one. */
  const beginOnce = async (name: string, prepared: Arguments, call: Call): Promise<Entry> => {
    // In this order: whoever ends a create writes that down before what it ran in is forgotten.
    const before = await creationIn(runOf(name), call.clock.now())
    const entry = (await ledger.read(call))[name]
    if (!entry || entry.leaving === true || entry.state === 'removed') throw beingRemoved(name)
    if (entry.state !== 'creating') return entry
    await takeOver(entry, before, call)
    if (before.state !== 'running' && before.state !== 'ended') {
      await occupyHost(entry, call)
      await start(entry, prepared)
    }
    return entry
  }

  /** What came of it is settled by one call, and the others read what that wrote down. */
  const conclude = async (entry: Entry, call: Call): Promise<Entry> => {
    const { name } = entry
    const end = await creationIn(runOf(name), call.clock.now())
    const line = (await ledger.read(call))[name]
    if (line?.state === 'made') return line
    // One that was removed elsewhere meanwhile is no reason to keep what came of it here.
    if (!line || end.state === 'none' || end.state === 'running')
      throw new ProviderError('Busy', `${name} was ended by another call`, { retryAfterMs: lookAgainMs })
    if (end.state === 'ended') return end.exit === 0 ? finish(entry, call) : undo({ ...entry, neverMade: true }, end, call)
    if (!isHarmless(entry.driver)) return giveUp(entry, end.output, call)
    throw new ProviderError('Unavailable', `create was stopped in its middle: ${reasonOf(end.output)}`)
  }

  const go = async (name: string, prepared: Arguments, call: Call): Promise<Entry> => {
    const entry = await turns.inTurn(name, call.signal, () => beginOnce(name, prepared, call))
    if (entry.state !== 'creating') return entry
    await awaitEnd(runOf(name), call, () => keeper.keepChanges(folderOf(name), entry, call))
    return turns.inTurn(name, call.signal, () => conclude(entry, call))
  }

  const make = async (request: CreateRequest<DockerMachineConfig>, call: Call): Promise<Entry> => {
    const { name } = request
    const place = {
      now: new Date(call.clock.now()).toISOString(),
      storage: storageId,
      failedAt: (host: Host) => failedAt.get(placeOf(host)) ?? -Infinity,
    }
    // A wrong option is told before anything is written down.
    const prepared = argumentsOf(request.config, others, await optionsFor(request.config.driver, call))
    const entry = (await ledger.change(call, machines => reserved(machines, request, place)))[name]
    if (!entry) throw new ProviderError('Internal', `${name} was taken out of the ledger in the same moment`)
    if (entry.state === 'gone') return entry
    if (entry.leaving === true || entry.state === 'removed') throw beingRemoved(name)
    return entry.state === 'made' ? entry : doubted(() => go(name, prepared, call))
  }

  return {
    make: (request, call) => turns.making(request.name, () => make(request, call)),
  }
}

const beingRemoved = (name: string): ProviderError => new ProviderError('Busy', `${name} is being removed`, { retryAfterMs: lookAgainMs })

/**
 * Once a create may have been begun, only who says so has proof that nothing was made: a code that means so of a create may be the answer
 * to anything else, such as a removal.
 */
const doubted = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!ProviderError.is(error) || error.facts.outcome !== undefined) throw error
    throw new ProviderError(error.code, error.message, { ...error.facts, outcome: 'unknown' })
  }
}
