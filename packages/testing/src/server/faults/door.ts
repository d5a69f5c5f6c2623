import { TransportError } from '@kube-node/core/kube'
import { type Clock, durationMs } from '@kube-node/core/runtime'
import type { Answer, HandledRequest, Handler, RequestRecord, ServedStream } from '../handler/index.ts'
import { asked } from '../handler/index.ts'
import type { User } from '../request/index.ts'
import type { Asked, FaultBook } from './book.ts'
import type { Fault } from './fault.ts'
import { refusalOf } from './refusal.ts'
import { delaying, dropping } from './streams.ts'

/**
 * The way to the handler for clients, with what goes wrong on it. Answers at once, without a promise, as long as nothing does.
 * @throws TransportError when the answer gets lost; the signal's reason is its cause where the client gave up.
 */
export type Door = (request: HandledRequest, asker: User, signal: AbortSignal) => Answer | Promise<Answer>

export interface DoorOptions {
  readonly handler: Handler
  readonly book: FaultBook
  readonly clock: Clock
  /** Revision of the last write, for answers from the past. */
  revision(): number
  /** Requests that are refused here never reach the handler, and are told by this. */
  record(make: () => RequestRecord): void
}

export const faultyDoor = (options: DoorOptions): Door => {
  const { handler, book } = options
  return (request, asker, signal) => {
    if (book.isEmpty) return handler(request, asker)
    const about = asked(request, asker)
    const met = book.meet(about)
    return met.length === 0 ? handler(request, asker) : suffer(options, met, request, asker, about, signal)
  }
}

const suffer = async (
  { clock, handler, record, revision }: DoorOptions,
  met: readonly Fault[],
  request: HandledRequest,
  asker: User,
  about: Asked,
  signal: AbortSignal,
): Promise<Answer> => {
  const what = `${request.method} ${request.path}`
  const waitMs = met.reduce((sum, { latency }) => sum + (latency === undefined ? 0 : durationMs(latency)), 0)
  if (waitMs > 0) await patiently(clock.sleep(waitMs, signal), signal, what)
  const refused = met.find(fault => fault.status !== undefined)
  if (refused?.status !== undefined) {
    const response = refusalOf(refused.status, refused.retryAfter)
    record(() => ({ ...about, status: response.status }))
    return { type: 'response', response }
  }
  const lost = met.find(fault => fault.loseAnswer !== undefined)
  if (lost?.loseAnswer === 'before') return lose(lost, signal, what)
  const answer = handler(fromThePast(request, about, met, revision()), asker)
  if (lost !== undefined) {
    if (answer.type === 'watch') await answer.stream[Symbol.asyncDispose]()
    return lose(lost, signal, what)
  }
  return answer.type === 'watch' ? { type: 'watch', stream: weakened(answer.stream, met, clock) } : answer
}

const lose = async ({ how = 'reset' }: Fault, signal: AbortSignal, what: string): Promise<never> => {
  if (how === 'hang') await patiently(fired(signal), signal, what)
  throw new TransportError(`${what}: the connection was lost by an injected fault`, { cause: undefined })
}

const fired = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

const patiently = async (wait: Promise<void>, signal: AbortSignal, what: string): Promise<void> => {
  try {
    await wait
  } catch (error) {
    if (signal.aborted) throw new TransportError(`${what}: aborted`, { cause: error })
    throw error
  }
}

/** A list that says it takes any version gets an older one. */
const fromThePast = (request: HandledRequest, { verb }: Asked, met: readonly Fault[], revision: number): HandledRequest => {
  const behind = Math.max(0, ...met.map(fault => fault.staleBy ?? 0))
  const { query = {} } = request
  if (behind === 0 || verb !== 'list' || query['resourceVersion'] !== '0') return request
  const { limit: _cachesIgnoreIt, ...rest } = query
  const resourceVersion = String(Math.max(1, revision - behind))
  return { ...request, query: { ...rest, resourceVersion, resourceVersionMatch: 'Exact' } }
}

const weakened = (stream: ServedStream, met: readonly Fault[], clock: Clock): ServedStream => {
  let result = stream
  for (const { delayEvents, dropWatch } of met) {
    if (delayEvents !== undefined) result = delaying(result, durationMs(delayEvents), clock)
    if (dropWatch === undefined) continue
    const { after, afterEvents } = dropWatch === true ? { after: undefined, afterEvents: 0 } : dropWatch
    result = dropping(result, afterEvents ?? Number.POSITIVE_INFINITY, after === undefined ? undefined : durationMs(after), clock)
  }
  return result
}
