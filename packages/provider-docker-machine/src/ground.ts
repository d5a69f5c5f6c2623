import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Call, type DurableStore, ProviderError } from '@kube-node/core/provider'
import { generic, sshKeyEntry } from './config.ts'
import { creationIn } from './creation.ts'
import { teller } from './errors.ts'
import { untraceable } from './fate.ts'
import { giveFiles, partOf } from './files.ts'
import { clean, release } from './hostSteps.ts'
import { type Keeper, createKeeper } from './keeper.ts'
import { type Entry, type Ledger, amended, buried, createLedger, without } from './ledger.ts'
import { filesIn } from './options.ts'
import { type Ended, environmentOf, run } from './program.ts'
import { type Session, connect } from './session.ts'
import type { Turns } from './turns.ts'

export interface ConnectionOptions {
  readonly program: string
  readonly storage: string
  readonly storageId: string
  readonly turns: Turns
  readonly secrets: Readonly<Record<string, string>>
  readonly store: DurableStore
}

/** What every call of a connection stands on. */
export interface Ground extends ConnectionOptions {
  readonly ledger: Ledger
  readonly keeper: Keeper
  /** Where the program keeps what it knows of that machine. */
  folderOf(name: string): string
  /** Where it stands how its create goes. */
  runOf(name: string): string
  /** Any command but `create`, with secrets in environment variables. */
  command(name: string, args: readonly string[], call: Call, secrets?: Readonly<Record<string, string>>): Promise<Ended>
  /** A text without the secrets, and no longer than people read. */
  mayBeTold(text: string): string
  /** Takes the secrets out of every ProviderError. */
  guarded<T>(work: () => Promise<T>): Promise<T>
  /** Logs in, and keeps the host key of the first time. */
  login(entry: Entry, call: Call): Promise<Session>
  /** Before any command: writes out what is kept of a machine, where it is not there, and the class's files as they are by now. */
  restore(name: string, call: Call): Promise<void>
  /** Forgets a machine that is gone: first what is kept of it, its line at the end. */
  drop(entry: Entry, call: Call): Promise<void>
  /** What is kept of it anywhere but in the ledger. */
  leaveNothing(name: string, call: Call): Promise<void>
  /** Of what is gone, what is still on this computer's disk, as it was removed on another one; unless its create is at work here. */
  sweep(name: string, call: Call): Promise<void>
  /** Forgets it; before that a host is cleaned. */
  giveBack(entry: Entry, call: Call): Promise<void>
  /** The same for one that a person has given up: whatever goes on at its host is ended, and where that can't be, so it stays. */
  giveUp(entry: Entry, call: Call): Promise<void>
  /** Nobody knows what it made, and why: a person must look, and finds where to say so. @throws ProviderError `Internal`, always */
  askPerson(entry: Entry, call: Call, why?: string): Promise<never>
}

/** Drivers that make nothing: there is nothing to lose when their create is stopped in the middle. */
export const isHarmless = (driver: string): boolean => driver === generic || driver === 'none'

/** When it is worth asking again. Milliseconds. */
export const lookAgainMs = 5_000

export const createGround = (options: ConnectionOptions): Ground => {
  const { program, storage, secrets, store, turns } = options
  const ledger = createLedger(store)
  const keeper = createKeeper(store)
  const mayBeTold = teller(Object.values(secrets))
  const folderOf = (name: string): string => join(storage, name)
  const runOf = (name: string): string => join(storage, `${name}.run`)

  const login = async ({ name, login: to }: Entry, call: Call): Promise<Session> => {
    if (!to) throw new ProviderError('Unavailable', `nobody knows yet how to log in to ${name}`)
    const key = secrets[sshKeyEntry] ?? (await keeper.keyOf(folderOf(name), name))
    if (key === undefined) throw new ProviderError('InvalidConfig', `the class's Secret needs an entry ${sshKeyEntry}`, { outcome: 'none' })
    const session = await connect(to, key, call)
    try {
      if (to.hostKey === undefined) await ledger.change(call, amended(name, { login: { ...to, hostKey: session.hostKey } }))
      return session
    } catch (error) {
      await session[Symbol.asyncDispose]()
      throw error
    }
  }

  const foldersOf = (name: string): readonly string[] => [folderOf(name), partOf(folderOf(name)), runOf(name)]

  const clearDisk = async (name: string): Promise<void> => {
    for (const folder of foldersOf(name)) await rm(folder, { recursive: true, force: true })
  }

  const leaveNothing = async (name: string, call: Call): Promise<void> => {
    await keeper.remove(name, call)
    await clearDisk(name)
  }

  const drop = async ({ name, neverMade }: Entry, call: Call): Promise<void> => {
    await ledger.change(call, amended(name, { state: 'removed', ...(neverMade === true && { neverMade }) }))
    await leaveNothing(name, call)
    await ledger.change(call, neverMade === true ? without(name) : buried(name, call.clock.now()))
  }

  return {
    ...options,
    ledger,
    mayBeTold,
    keeper,
    folderOf,
    runOf,
    login,
    // Who asks at the same time must not take away what another one's program is about to read. Restores are parts of a machine's turns.
    restore: (name, call) =>
      turns.inTurn(`files of ${name}`, call.signal, async () => {
        await keeper.restore(folderOf(name), name, call)
        await giveFiles(folderOf(name), filesIn(secrets))
      }),
    drop,
    leaveNothing,
    async command(name, args, call, variables) {
      try {
        return await run(program, args, environmentOf(folderOf(name), variables), call)
      } catch (error) {
        if (!ProviderError.is(error)) throw error
        // It is asked of what may be there.
        throw new ProviderError(error.code, error.message, { ...error.facts, outcome: 'unknown' })
      }
    },
    async guarded(work) {
      try {
        return await work()
      } catch (error) {
        if (!ProviderError.is(error)) throw error
        throw new ProviderError(error.code, mayBeTold(error.message), { ...error.facts, cause: undefined })
      }
    },
    async giveBack(entry, call) {
      if (entry.host) {
        await using session = await login(entry, call)
        await clean(session, entry.ssh.folder, entry.owner, entry.ssh.clean)
      }
      await drop(entry, call)
    },
    async sweep(name, call) {
      if (turns.isMade(name) || !foldersOf(name).some(folder => existsSync(folder))) return
      const { state } = await creationIn(runOf(name), call.clock.now())
      if (state !== 'running') await clearDisk(name)
    },
    async giveUp(entry, call) {
      const { name, host, ssh, owner } = entry
      if (host) {
        try {
          await using session = await login(entry, call)
          await release(session, ssh.folder, owner)
        } catch (error) {
          call.signal.throwIfAborted()
          if (!ProviderError.is(error)) throw error
          call.log('warn', `${name} was given up, and its host may carry its mark: ${mayBeTold(error.message)}`)
        }
      }
      await drop(entry, call)
    },
    async askPerson(entry, call, why) {
      await keeper.keepPlace(folderOf(entry.name), entry, call)
      throw new ProviderError('Internal', untraceable(entry, why), { outcome: 'unknown' })
    },
  }
}
