import { type KubeObject, apiVersionOf } from '../api/index.ts'
import { type Cache, isConflict } from '../kube/index.ts'
import { type Log, durationMs, errorText, logWith } from '../runtime/index.ts'
import { type Outcome, controllerMetrics } from './controller-metrics.ts'
import type { ControllerDefinition, ManagerContext, Reconcile } from './definition.ts'
import { LeaseLost } from './errors.ts'
import type { EventRecorder } from './events/recorder.ts'
import { aboutObject } from './events/regarding.ts'
import { keyOfText } from './keys.ts'
import { traced } from './trace.ts'
import type { Verdict, WorkItem } from './workqueue.ts'

export const defaultWorkers = 10

export interface ReconcilerOptions {
  readonly part: ControllerDefinition<KubeObject>
  readonly context: ManagerContext
  readonly cache: Pick<Cache, 'settled'>
  readonly events: EventRecorder
}

/** What a work queue does with a key: calls a definition's reconcile once, and says in the queue's words how that ended. */
export const createReconciler = ({ part, context, cache, events }: ReconcilerOptions): ((item: WorkItem) => Promise<Verdict>) => {
  const { runtime, signal } = context
  const { clock } = runtime
  const metrics = controllerMetrics(context.metrics, part.name, part.workers ?? defaultWorkers)
  let active = 0

  const reconcileOf = (item: WorkItem): Reconcile<KubeObject> => {
    const key = keyOfText(item.key)
    const object = context.store(part.for).get(key)
    return {
      key,
      object,
      attempt: item.attempt,
      client: context.client,
      store: resource => context.store(resource),
      signal,
      fence: () => context.fence(),
      runtime,
      log: logWith(context.log, { key: item.key }),
      event(type, reason, message) {
        // What is gone from the store is still called by its key.
        const about = aboutObject(object ?? { metadata: key }, { apiVersion: apiVersionOf(part.for), kind: part.for.kind })
        events.record({ ...about, type, reason, message, component: part.name })
      },
    }
  }

  const outcomeOf = async (item: WorkItem): Promise<Verdict> => {
    try {
      const settled = cache.settled(signal)
      if (settled) await settled
      const attributes = { controller: part.name, key: item.key, attempt: item.attempt }
      const result = await traced(`reconcile ${part.name}`, attributes, async () => part.reconcile(reconcileOf(item)))
      return result ? { kind: 'again', afterMs: durationMs(result.after) } : { kind: 'done' }
    } catch (error) {
      // Whatever an aborted run throws, it tells nothing about its key.
      if (signal.aborted || LeaseLost.is(error)) return { kind: 'done' }
      return isConflict(error) ? { kind: 'conflict', error } : { kind: 'failed', error, ...hintOf(error) }
    }
  }

  return async item => {
    await runtime.yield(`${part.name} reconciles ${item.key}`)
    const started = clock.monotonic()
    metrics.active(++active)
    const verdict = await outcomeOf(item)
    metrics.active(--active)
    metrics.reconciled(outcomes[verdict.kind], clock.monotonic() - started)
    return verdict
  }
}

/** One line for a key that will be tried again. */
export const logRetry = (log: Log, item: WorkItem, verdict: Verdict & { readonly error: unknown }, delayMs: number): void => {
  const { error } = verdict
  const fields = { key: item.key, attempt: item.attempt, retryInMs: Math.round(delayMs) }
  if (verdict.kind === 'conflict') return log('debug', `somebody wrote in between: ${errorText(error)}`, fields)
  log('error', `reconcile failed: ${errorText(error)}`, { ...fields, ...(isExpected(error) ? {} : { stack: stackOf(error) }) })
}

const outcomes: Readonly<Record<Verdict['kind'], Outcome>> = {
  done: 'success',
  again: 'requeue_after',
  conflict: 'requeue',
  failed: 'error',
}

/** How long the other side asks to be left alone: ApiError's Retry-After, and ProviderError's. */
const hintOf = (error: unknown): { readonly atLeastMs?: number } =>
  typeof error === 'object' && error !== null && 'retryAfterMs' in error && typeof error.retryAfterMs === 'number'
    ? { atLeastMs: error.retryAfterMs }
    : {}

/** Our own kinds of errors carry a brand, and say by their message all that there is to say; the rest may be a bug. */
const isExpected = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && Object.keys(error).some(name => name.startsWith('kube-node.dev/'))

const stackOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : undefined)
