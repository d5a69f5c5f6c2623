import { type Call, type Interruption, ProviderError } from '@kube-node/core/provider'
import { type Google, pagesOf } from '../google/index.ts'
import { type SystemEvent, eventFilter, interruptionOf, timeOf } from './event.ts'

/** What the newest list of instances has shown. */
export interface Sight {
  /** Zones with instances of ours. */
  readonly zones: ReadonlySet<string>
  /** Maintenance that Google announces with an instance. */
  readonly announced: readonly Interruption[]
}

/** A spot instance has half a minute. */
const everyMs = 15_000
const longestPauseMs = 300_000
/** So far back each round reads: core takes what is older for outlived, and lists tell what became of it. */
const reachMs = 600_000

/** Rounds in a row that failed. It outlives a generator, which ends with its first failure so that people are told. */
export interface Patience {
  failures: number
}

/**
 * What Google does to instances, read from the operations of the zones in which there are some. Each round reads the last ten minutes anew
 * and tells what it has not told yet: nothing is kept by anybody, so a controller that died reads again what it may not have written.
 */
export async function* interruptionsFrom(
  google: Google,
  project: string,
  sight: () => Sight,
  patience: Patience,
  call: Call,
): AsyncGenerator<Interruption> {
  const { clock, signal } = call
  /** By operation, or by what is announced; until when it may be read again. */
  const told = new Map<string, number>()
  if (patience.failures > 0) await clock.sleep(Math.min(longestPauseMs, everyMs * 2 ** (patience.failures - 1)), signal)
  for (;;) {
    const { zones, announced } = sight()
    const since = clock.now() - reachMs
    for (const [key, until] of told) if (until < since) told.delete(key)
    for (const interruption of announced) {
      const key = JSON.stringify(interruption)
      if (!told.has(key)) yield interruption
      told.set(key, clock.now())
    }
    let problem: unknown
    for (const zone of zones) {
      try {
        for await (const event of eventsSince(google, `projects/${project}/zones/${zone}`, since, call)) {
          const interruption = told.has(event.id) ? undefined : interruptionOf(event)
          if (interruption) yield interruption
          told.set(event.id, timeOf(event.insertTime) ?? clock.now())
        }
      } catch (error) {
        if (signal.aborted || !ProviderError.is(error)) throw error
        // The other zones are asked all the same.
        problem ??= error
      }
    }
    patience.failures = problem === undefined ? 0 : patience.failures + 1
    if (problem !== undefined) throw problem
    await clock.sleep(everyMs, signal)
  }
}

interface Operations {
  readonly items?: readonly SystemEvent[]
  readonly nextPageToken?: string
}

/** The newest first, until one is too old: Google keeps operations for two weeks. */
async function* eventsSince(google: Google, where: string, since: number, call: Call): AsyncGenerator<SystemEvent> {
  const query = { filter: eventFilter, orderBy: 'creationTimestamp desc' }
  const question = { method: 'GET', path: `${where}/operations`, query } as const
  for await (const { items = [] } of pagesOf<Operations>(google, 'zoneOperations.list', question, call)) {
    for (const event of items) {
      if ((timeOf(event.insertTime) ?? Infinity) < since) return
      yield event
    }
  }
}
