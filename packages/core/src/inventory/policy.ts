import PQueue from 'p-queue'
import { type Histogram, type Metrics, traced } from '../engine/index.ts'
import type { Call, Duration } from '../provider/index.ts'
import { type Log, type Runtime, durationMs, linkedAbort, untilAborted, withDeadline } from '../runtime/index.ts'
import { toProviderError } from './failure.ts'

export type Operation =
  | 'create'
  | 'configure'
  | 'delete'
  | 'list'
  | 'get'
  | 'account'
  | 'adopt'
  | 'resolve'
  | 'resize'
  | 'remove'
  | 'update'
  | 'destroy'
  | 'drift'

export interface PolicyOptions {
  readonly provider: string
  readonly runtime: Runtime
  readonly log: Log
  readonly metrics: Metrics
  /** Fires when this connection is given up; every call ends then. */
  readonly signal: AbortSignal
  readonly limits: { readonly concurrency?: number; readonly perSecond?: number }
  readonly timeouts: Partial<Readonly<Record<Operation, Duration>>>
  /** Struck out of every error message. */
  readonly secrets: readonly string[]
  /** @throws when this process may not act any more. Asked right before each call that changes something. */
  readonly fence: () => void
}

/** How core calls a provider: so many at once, so many a second, so long, and never with a secret in an error. */
export interface CallPolicy {
  /**
   * `secrets`: more than the connection's own, to be struck out. `until` ends the call, and its wait for a turn, with a reason of its own.
   * @throws ProviderError and nothing else. An answer that comes after the deadline is an error: `Unavailable`, outcome unknown.
   */
  run<T>(operation: Operation, body: (call: Call) => Promise<T>, secrets?: readonly string[], until?: AbortSignal): Promise<T>
  /**
   * The same, if `isDue` still says so when the call is about to leave: it may have waited for its turn for long. False: it did not leave.
   */
  runIf(operation: Operation, isDue: () => Promise<boolean>, body: (call: Call) => Promise<unknown>): Promise<boolean>
  /** Milliseconds that a call of this kind may last. */
  timeoutMs(operation: Operation): number
  /** The newest answer was `Unauthorized`. */
  readonly unauthorized: boolean
  /** Resolves when no call is under way or waiting. */
  idle(): Promise<void>
}

const defaultTimeouts: Readonly<Record<Operation, Duration>> = {
  create: '2m',
  configure: '15m',
  delete: '1m',
  list: '1m',
  get: '1m',
  account: '1m',
  adopt: '1m',
  resolve: '1m',
  drift: '1m',
  resize: '2m',
  remove: '2m',
  update: '2m',
  destroy: '2m',
}
/** They change nothing, so that nobody who may not act does harm by them. */
const reads: ReadonlySet<Operation> = new Set<Operation>(['list', 'get', 'account', 'resolve', 'drift'])
const defaultConcurrency = 10
const buckets = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120]
/** When a provider says RateLimited and not for how long. */
const defaultPauseMs = 2_000

export const createCallPolicy = (options: PolicyOptions): CallPolicy => {
  const { runtime, provider, signal } = options
  const { clock } = runtime
  // Lists have their own place: a burst of creates must not make the mirror stale.
  const changes = new PQueue({ concurrency: options.limits.concurrency ?? defaultConcurrency })
  const lists = new PQueue({ concurrency: 1 })
  // Minutes long each: they must not hold up creates and deletes.
  const configurations = new PQueue({ concurrency: options.limits.concurrency ?? defaultConcurrency })
  const pace = createPace(runtime, options.limits.perSecond)
  let unauthorized = false
  const seconds: Histogram = options.metrics.histogram(
    'kube_node_provider_call_duration_seconds',
    'Time that a call to a provider took',
    buckets,
    ['provider', 'operation', 'code'],
  )
  const timeoutMs = (operation: Operation): number => durationMs(options.timeouts[operation] ?? defaultTimeouts[operation])

  const attempt = <T>(
    operation: Operation,
    body: (call: Call) => Promise<T>,
    secrets: readonly string[],
    until?: AbortSignal,
  ): Promise<T> => traced(`${provider} ${operation}`, { provider, operation }, () => measured(operation, body, secrets, until))

  const measured = async <T>(
    operation: Operation,
    body: (call: Call) => Promise<T>,
    secrets: readonly string[],
    until?: AbortSignal,
  ): Promise<T> => {
    using ends = linkedAbort(signal, until)
    const ms = timeoutMs(operation)
    const started = clock.monotonic()
    let code = ''
    try {
      const answer = await withDeadline({ clock, ms, what: `${provider} ${operation}`, signal: ends.signal }, async limited => {
        const value = await body({ signal: limited, deadline: clock.now() + ms, clock, log: options.log })
        // An answer after the signal may be a list that was cut short.
        limited.throwIfAborted()
        return value
      })
      unauthorized = false
      return answer
    } catch (error) {
      const failure = toProviderError(error, secrets)
      code = failure.code
      unauthorized = code === 'Unauthorized'
      if (code === 'RateLimited') pace.pause(failure.facts.retryAfterMs ?? defaultPauseMs)
      throw failure
    } finally {
      seconds.observe((clock.monotonic() - started) / 1_000, { provider, operation, code })
    }
  }

  /** Calls `leave` when its turn has come: what it does first is the last thing before the call. */
  const inTurn = async <T>(operation: Operation, secrets: readonly string[], leave: () => Promise<T>): Promise<T> => {
    const queue = operation === 'list' ? lists : operation === 'configure' ? configurations : changes
    try {
      return await queue.add(async () => {
        await pace.turn(signal)
        return leave()
      })
    } catch (error) {
      throw toProviderError(error, secrets)
    }
  }

  return {
    timeoutMs,
    get unauthorized() {
      return unauthorized
    },
    idle: async () => {
      await Promise.all([changes.onIdle(), lists.onIdle(), configurations.onIdle()])
    },
    run: async (operation, body, more = [], until) => {
      const secrets = [...options.secrets, ...more]
      const turn = inTurn(operation, secrets, async () => {
        until?.throwIfAborted()
        if (!reads.has(operation)) options.fence()
        return { value: await attempt(operation, body, secrets, until) }
      })
      const answer = await (until ? Promise.race([turn, untilAborted(until)]) : turn)
      return answer.value
    },
    runIf: (operation, isDue, body) =>
      inTurn(operation, options.secrets, async () => {
        if (!(await isDue())) return false
        options.fence()
        await attempt(operation, body, options.secrets)
        return true
      }),
  }
}

/** Calls a second, and silence for a while when the provider asks for it. */
const createPace = (
  runtime: Runtime,
  perSecond: number | undefined,
): { turn(signal: AbortSignal): Promise<void>; pause(ms: number): void } => {
  const { clock } = runtime
  const gap = perSecond === undefined ? 0 : 1_000 / perSecond
  let next = 0
  return {
    pause: ms => {
      next = Math.max(next, clock.monotonic() + ms)
    },
    turn: async signal => {
      const now = clock.monotonic()
      const mine = Math.max(now, next)
      next = mine + gap
      if (mine > now) await clock.sleep(mine - now, signal)
    },
  }
}
