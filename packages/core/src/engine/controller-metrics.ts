import type { Metrics } from './metrics.types.ts'

export type Outcome = 'success' | 'requeue_after' | 'requeue' | 'error'

/** The names of controller-runtime's controllers, so that the field's dashboards and alerts fit. */
export interface ControllerMetrics {
  /** Conflicts are `requeue`: they are no errors. */
  reconciled(outcome: Outcome, tookMs: number): void
  active(workers: number): void
}

const outcomes: readonly Outcome[] = ['success', 'requeue_after', 'requeue', 'error']
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

export const controllerMetrics = (metrics: Metrics, controller: string, workers: number): ControllerMetrics => {
  const labels = { controller }
  const names = ['controller']
  const total = metrics.counter('controller_runtime_reconcile_total', 'Reconciles by result', [...names, 'result'])
  const errors = metrics.counter('controller_runtime_reconcile_errors_total', 'Reconciles that threw', names)
  const time = metrics.histogram('controller_runtime_reconcile_time_seconds', 'How long reconciles take', seconds, names)
  const active = metrics.gauge('controller_runtime_active_workers', 'Reconciles under way', names)
  metrics.gauge('controller_runtime_max_concurrent_reconciles', 'Reconciles at once, at most', names).set(workers, labels)
  for (const result of outcomes) total.add(0, { ...labels, result })
  errors.add(0, labels)
  active.set(0, labels)
  return {
    reconciled(outcome, tookMs) {
      total.add(1, { ...labels, result: outcome })
      if (outcome === 'error') errors.add(1, labels)
      time.observe(tookMs / 1_000, labels)
    },
    active: running => active.set(running, labels),
  }
}
