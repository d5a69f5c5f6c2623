import { type Node, type Pod, conditions, findCondition, nameOf } from '../../api/index.ts'
import { claimOf } from '../../claim/index.ts'
import { ApiError, isNotFound } from '../../kube/index.ts'
import type { Flights } from '../flights.ts'
import type { Life } from '../life.ts'
import { say } from '../say.ts'
import type { Holder } from './holders.ts'
import { describeHolders } from './words.ts'

/** A refused pod is asked for again after this long, and twice as long each time, up to the longest. */
const firstRetryMs = 5_000
const longestRetryMs = 30_000
/** The same kind of wait is told anew this often at most: a hundred pods that leave one by one are not a hundred writes. */
const tellEveryMs = 5_000

/** Asks for the eviction of these pods, and says on the Node what its drain waits for. One pod's refusal stops no other's. */
export const evict = async (life: Life, node: Node, pods: readonly Pod[], holders: readonly Holder[]): Promise<void> => {
  const claim = claimOf(node)
  for (const pod of pods) {
    life.context.signal.throwIfAborted()
    await ask(life, claim, pod)
  }
  const { clock } = life.context.runtime
  const flight = life.flights.of(claim)
  const words = describeHolders(node, holders, flight.refusals, clock.now())
  const said = findCondition(node.status?.conditions, conditions.drained)
  const last = flight.said.get(conditions.drained)
  if (said?.reason === words.reason && last && clock.monotonic() - last.at < tellEveryMs) return
  await say(life, node, { type: conditions.drained, status: 'False', ...words })
}

const ask = async ({ context, flights }: Life, claim: string, pod: Pod): Promise<void> => {
  const uid = pod.metadata?.uid ?? ''
  try {
    await context.client.evict({ namespace: pod.metadata?.namespace ?? '', name: nameOf(pod) }, { uid, signal: context.signal })
    flights.evicted(claim, uid)
  } catch (error) {
    // Gone, or another pod has its name by now: the store will tell.
    if (isNotFound(error) || isReplaced(error)) return
    if (!ApiError.is(error)) throw error
    refuse(flights, context.runtime.clock.monotonic(), claim, uid, error)
  }
}

/** A failed precondition: that is not the pod any more. */
const isReplaced = (error: unknown): boolean => ApiError.is(error) && error.code === 409

const refuse = (flights: Flights, now: number, claim: string, pod: string, error: ApiError): void => {
  const before = flights.of(claim).refusals.get(pod)?.delayMs ?? 0
  const delayMs = Math.min(longestRetryMs, Math.max(firstRetryMs, before * 2, error.retryAfterMs ?? 0))
  flights.refused(claim, pod, { why: wordsOf(error), delayMs, retryAt: now + delayMs })
}

/** A budget's refusal says in a cause which budget it is, and what it lacks. */
const wordsOf = ({ status, reason }: ApiError): string =>
  (status.details?.causes?.map(({ message }) => message).find(message => message !== undefined) ?? status.message ?? reason).replace(
    /\.$/,
    '',
  )
