import type { Call } from '@kube-node/core/provider'
import { placeOf } from './config.ts'
import { creationIn } from './creation.ts'
import type { Ending } from './ending.ts'
import { createErrands } from './errands.ts'
import { type Fate, fateOf, unheardOf, untraceable } from './fate.ts'
import { type Ground, isHarmless } from './ground.ts'
import { type Entry, isLiving, rememberedForMs } from './ledger.ts'

/** Goes on with what a life that died has left half done: nobody else is called for it. */
export interface Settler extends AsyncDisposable {
  /**
   * Of creates: keeps what they write down, and brings them to their end when they have ended. Takes back what was stopped in its middle,
   * where it is known what that is, and what nobody has begun for long. Forgets what was removed. What fails is its problem, and is tried
   * again a minute later. Resolves when all that it begins is done, or after a short while: what takes longer goes on beside the call.
   */
  settle(entries: readonly Entry[], call: Call): Promise<void>
  /**
   * Whether there may be a machine. Of what was never begun, or may be begun anew, there is none: core asks for it again when it sees
   * none, and nobody would otherwise.
   */
  mayExist(entry: Entry, call: Call): Promise<boolean>
  /** In words, what keeps it from being made; undefined while nothing does, and while somebody calls for it, who is told. */
  problemOf(entry: Entry, call: Call): Promise<string | undefined>
}

interface Trouble {
  readonly at: number
  readonly words: string
}

/** `failedAt`: when a place could last not be used, in milliseconds. */
export const createSettler = (ground: Ground, ending: Ending, failedAt: Map<string, number>): Settler => {
  const { storageId, turns, ledger, keeper, mayBeTold, folderOf, runOf, drop, giveBack } = ground
  const { finish, undo, takeBack, isKnown } = ending
  const troubles = new Map<string, Trouble>()
  const errands = createErrands(mostAtOnce)

  const isRecent = (at = -Infinity, call: Call): boolean => call.clock.now() - at < tryAgainMs

  /** A host that does not answer holds up the list in which it is looked at. */
  const hasFailedLately = ({ name, host }: Entry, call: Call): boolean =>
    isRecent(troubles.get(name)?.at, call) || (host !== undefined && isRecent(failedAt.get(placeOf(host)), call))

  const fateNow = async (entry: Entry, call: Call): Promise<Fate> =>
    fateOf(entry, await creationIn(runOf(entry.name), call.clock.now()), storageId, call.clock.now())

  const mayExist = async (entry: Entry, call: Call): Promise<boolean> => {
    if (entry.state !== 'creating') return isLiving(entry)
    const fate = await fateNow(entry, call)
    return fate === 'here' || (fate !== 'none' && !isHarmless(entry.driver))
  }

  const bring = async ({ name }: Entry, call: Call): Promise<void> => {
    // Its turn may have come late: somebody may have asked for it again.
    const entry = (await ledger.read(call))[name]
    if (!entry || turns.isMade(name)) return
    if (entry.state === 'removed') return drop(entry, call)
    if (entry.state !== 'creating') return
    const { driver } = entry
    const now = call.clock.now()
    const end = await creationIn(runOf(name), now)
    if (end.state === 'running') return keeper.keepChanges(folderOf(name), entry, call)
    if (!isHarmless(driver) && (await keeper.isGivenUp(name, call))) return drop(entry, call)
    if (hasFailedLately(entry, call)) return
    if (end.state === 'ended') {
      await (end.exit === 0 ? finish(entry, call) : undo(entry, end, call))
    } else if (fateOf(entry, end, storageId, now) === 'stopped' && !isHarmless(driver)) {
      // Where a person has to say that it is gone there is something to say it by.
      await ((await isKnown(entry, call)) ? takeBack(entry, call) : keeper.keepPlace(folderOf(name), entry, call))
    } else if (isForgotten(entry, now) && !(await mayExist(entry, call))) {
      await giveBack({ ...entry, neverMade: true }, call)
    }
    troubles.delete(name)
  }

  /** Whatever it is: who gave up in the middle, too, must not begin with the same again at once. */
  const tell = ({ name, host }: Entry, error: unknown, call: Call): void => {
    const at = call.clock.now()
    const words = mayBeTold(error instanceof Error ? error.message : String(error))
    if (host) failedAt.set(placeOf(host), at)
    // Of those whose machine is gone by now nobody asks any more.
    for (const [other, trouble] of troubles) if (at - trouble.at > rememberedForMs) troubles.delete(other)
    troubles.set(name, { at, words })
    call.log('warn', `${name}, whose create nobody waits for any more: ${words}`)
  }

  return {
    mayExist,
    async settle(entries, call) {
      const left = entries.filter(({ name }) => !turns.isMade(name) && !errands.isUnderWay(name))
      if (left.length === 0) return
      const work = left.map(entry => {
        const failed = (error: unknown): void => tell(entry, error, call)
        return errands.run(entry.name, call, limited => turns.inTurn(entry.name, limited.signal, () => bring(entry, limited)), failed)
      })
      const patience = new AbortController()
      const passed = call.clock.sleep(patienceMs, patience.signal).catch((error: unknown) => {
        if (!patience.signal.aborted) throw error
      })
      await Promise.race([Promise.all(work), passed])
      patience.abort()
    },
    [Symbol.asyncDispose]: () => errands[Symbol.asyncDispose](),
    async problemOf(entry, call) {
      if (entry.state !== 'creating' || turns.isMade(entry.name)) return undefined
      const trouble = troubles.get(entry.name)
      if (trouble) return trouble.words
      const fate = await fateNow(entry, call)
      if (fate === 'elsewhere') return unheardOf(entry)
      return fate === 'stopped' ? untraceable(entry) : undefined
    },
  }
}

/** Milliseconds. */
const tryAgainMs = 60_000
/** For how long a list waits for it. Milliseconds. */
const patienceMs = 5_000
/** Logins and programs. */
const mostAtOnce = 10

/** No call that has written this line down can be under way any more. */
const isForgotten = ({ createdAt }: Entry, now: number): boolean => now - Date.parse(createdAt) > rememberedForMs
