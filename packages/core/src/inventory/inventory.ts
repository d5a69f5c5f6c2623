import { type Machine, type ProviderError, type Scope, covers } from '../provider/index.ts'
import type { Log, Runtime } from '../runtime/index.ts'
import { toProviderError } from './failure.ts'
import { createGroups } from './groups.ts'
import { createTopic } from './topic.ts'

/**
 * What is known of a connection's machines, as an informer knows a kind: one list mirrors them all, and the answers of
 * our own creates enter at once. Waiting for a thousand booting machines costs pages, not a thousand polls.
 */
export interface Inventory {
  /** Machines that live and carry this claim's UID; several are possible and then one too many. */
  of(claim: string): readonly Machine[]
  /** Machines that live and whose Node is called so by the cloud, foreign ones included; several are a defect of the provider. */
  named(nodeName: string): readonly Machine[]
  /** All that live, foreign ones included. */
  list(): readonly Machine[]
  /** One of them. */
  get(id: string): Machine | undefined
  /** Places that the newest list could not ask: it says nothing of machines that may be there. */
  readonly unasked: readonly Scope[]
  /** A list has shown this machine alive: until then all that is known of it is the answer of our own create. */
  isListed(id: string): boolean
  /** A list has shown this machine as gone: a fact, where absence alone may be a lie. Remembered for an hour. */
  isGone(id: string): boolean
  /**
   * Monotonic time at which the newest complete list began; -Infinity before the first. What it does not show, and what
   * is older than the provider's consistency window, does not exist.
   */
  readonly listedAt: number
  /** Why the newest try to list failed; undefined when it did not. */
  readonly problem: ProviderError | undefined
  /** The answer of our own create. A list that began too early to show it does not take it away again. */
  put(machine: Machine): void
  /**
   * Somebody waits for a machine of this claim to come or go: list often, and tell after each list, until `settle`. `claim` may be any
   * other UID that waits for the list, then without a Node's name.
   */
  expect(claim: string, nodeName?: string): void
  settle(claim: string): void
  /** Called with every claim whose machines changed, and with every claim that is expected after each list. */
  onChange(listener: (change: InventoryChange) => void): Disposable
  /** Lists until the signal fires. Never throws for a failing provider: it tries again. */
  run(signal: AbortSignal): Promise<void>
}

export interface InventoryChange {
  readonly claim: string
  readonly nodeName: string | undefined
}

export interface InventoryOptions {
  readonly runtime: Runtime
  readonly log: Log
  /** One whole list, or a throw. */
  readonly list: () => Promise<Listing>
  /** How long after a create a list may not show the machine. */
  readonly consistencyWindowMs: number
  readonly refresh: RefreshTimes
}

export interface Listing {
  readonly machines: readonly Machine[]
  /** Scopes that could not be asked. */
  readonly missing: readonly Scope[]
}

export interface RefreshTimes {
  /**
   * Milliseconds between lists while something is in flight, at the most: it is twenty times as long as the last list took, and
   * a quarter of this at the least. So a cloud that answers at once is asked as often as is worth it, and a slow one no oftener than this.
   */
  readonly activeMs: number
  /** Milliseconds between lists at rest. */
  readonly idleMs: number
}

interface Entry {
  readonly machine: Machine
  /** Monotonic; a list that began before this may rightly not know the machine. */
  readonly visibleFrom: number
}

/** A list takes no more than a twentieth of the time of those who wait for it. */
const listShare = 20
/** A failing provider is asked again after 1 s, 2 s, 4 s, ... up to a minute. */
const longestRetryMs = 60_000
const goneRememberedMs = 3_600_000

export const createInventory = (options: InventoryOptions): Inventory => {
  const { runtime, consistencyWindowMs, refresh } = options
  const { clock } = runtime
  const entries = new Map<string, Entry>()
  /** Ids, by the claim that they carry and by the name that the cloud gives them. */
  const byClaim = createGroups()
  const byName = createGroups()
  const expected = new Map<string, string | undefined>()
  const changes = createTopic<InventoryChange>()
  /** By id: monotonic start of the last list that said so. */
  const gone = new Map<string, number>()
  let unasked: readonly Scope[] = []
  let listedAt = -Infinity
  let problem: ProviderError | undefined
  let failures = 0
  let listTookMs = Infinity
  let wake = (): void => {}

  const tell = (claim: string, nodeName: string | undefined): void => changes.tell({ claim, nodeName })

  const file = (entry: Entry): void => {
    const { machine } = entry
    byName.remove(entries.get(machine.id)?.machine.nodeName, machine.id)
    entries.set(machine.id, entry)
    byClaim.add(machine.owner?.claim, machine.id)
    byName.add(machine.nodeName, machine.id)
  }

  const drop = ({ machine }: Entry): void => {
    entries.delete(machine.id)
    byName.remove(machine.nodeName, machine.id)
    byClaim.remove(machine.owner?.claim, machine.id)
    if (machine.owner) tell(machine.owner.claim, machine.owner.nodeName)
  }

  const known = (ids: Iterable<string>): readonly Machine[] => [...ids].flatMap(id => entries.get(id)?.machine ?? [])

  /** Takes a whole list in. `startedAt` is when it began: what was made since may be missing from it. */
  const apply = (startedAt: number, machines: readonly Machine[], missing: readonly Scope[]): void => {
    const seen = new Set<string>()
    for (const machine of machines) {
      if (machine.state === 'gone') {
        gone.set(machine.id, startedAt)
        // However young it is: this list knows it.
        const ended = entries.get(machine.id)
        if (ended) drop(ended)
        continue
      }
      seen.add(machine.id)
      const old = entries.get(machine.id)
      if (old && old.machine.owner?.claim !== machine.owner?.claim) drop(old)
      file({ machine, visibleFrom: -Infinity })
      if (machine.owner && !sameMachine(old?.machine, machine)) tell(machine.owner.claim, machine.owner.nodeName)
    }
    for (const entry of [...entries.values()]) {
      if (seen.has(entry.machine.id) || startedAt <= entry.visibleFrom) continue
      if (missing.some(scope => covers(scope, entry.machine))) continue
      drop(entry)
    }
    for (const [id, at] of gone) if (startedAt - at > goneRememberedMs) gone.delete(id)
    unasked = missing
    if (missing.length === 0) listedAt = startedAt
  }

  const listOnce = async (): Promise<void> => {
    const startedAt = clock.monotonic()
    const { machines, missing } = await options.list()
    listTookMs = clock.monotonic() - startedAt
    apply(startedAt, machines, missing)
  }

  const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    const early = new AbortController()
    const stop = (): void => early.abort()
    wake = stop
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    await clock.sleep(ms, early.signal).catch((error: unknown) => {
      if (!early.signal.aborted) throw error
    })
    wake = () => {}
    signal.removeEventListener('abort', stop)
  }

  const activeMs = (): number => Math.min(refresh.activeMs, Math.max(refresh.activeMs / 4, listTookMs * listShare))

  const waitMs = (): number => {
    if (failures > 0) return Math.min(longestRetryMs, 1_000 * 2 ** (failures - 1)) * (0.75 + runtime.random() / 2)
    return expected.size > 0 ? activeMs() : refresh.idleMs
  }

  return {
    of: claim => known(byClaim.of(claim)),
    named: nodeName => known(byName.of(nodeName)),
    list: () => [...entries.values()].map(entry => entry.machine),
    get: id => entries.get(id)?.machine,
    get unasked() {
      return unasked
    },
    isListed: id => entries.get(id)?.visibleFrom === -Infinity,
    isGone: id => gone.has(id),
    get listedAt() {
      return listedAt
    },
    get problem() {
      return problem
    },
    put(machine) {
      file({ machine, visibleFrom: clock.monotonic() + consistencyWindowMs })
    },
    expect(claim, nodeName) {
      const first = expected.size === 0
      expected.set(claim, nodeName)
      // Out of the long sleep of a mirror at rest; the next list is one active interval away, so that calls gather.
      if (first && failures === 0) wake()
    },
    settle(claim) {
      expected.delete(claim)
    },
    onChange: changes.on,
    async run(signal) {
      let resting = false
      while (!signal.aborted) {
        if (!resting) {
          try {
            await listOnce()
            problem = undefined
            failures = 0
            for (const [claim, nodeName] of [...expected]) tell(claim, nodeName)
          } catch (error) {
            if (signal.aborted) return
            problem = toProviderError(error)
            failures += 1
            options.log('warn', 'could not list machines', { error: problem.message, code: problem.code, failures })
          }
        }
        const idle = expected.size === 0 && failures === 0
        await pause(waitMs(), signal)
        // Woken from a rest by the first expectation: give it one active interval first.
        resting = idle && expected.size > 0
      }
    },
  }
}

const sameMachine = (a: Machine | undefined, b: Machine): boolean =>
  a !== undefined &&
  a.state === b.state &&
  a.nodeName === b.nodeName &&
  a.zone === b.zone &&
  a.problem === b.problem &&
  JSON.stringify(a.addresses) === JSON.stringify(b.addresses)
