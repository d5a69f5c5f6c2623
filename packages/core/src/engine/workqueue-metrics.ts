import type { Metrics } from './metrics.types.ts'

/** The names of client-go's and controller-runtime's work queues, so that the field's dashboards and alerts fit. */
export interface WorkQueueMetrics {
  depth(keys: number): void
  added(): void
  delayed(): void
  waited(ms: number): void
  worked(ms: number): void
  /** Sum and maximum of how long what runs has been running. */
  unfinished(totalMs: number, longestMs: number): void
}

/** 10 ns to 1,000 s, a decade each: client-go's. */
const decades = Array.from({ length: 12 }, (_, n) => 10 ** (n - 8))

export const workQueueMetrics = (metrics: Metrics, name: string): WorkQueueMetrics => {
  const labels = { name }
  const names = ['name']
  const depth = metrics.gauge('workqueue_depth', 'Keys that are ready and wait for a worker', names)
  const adds = metrics.counter('workqueue_adds_total', 'Keys that became ready', names)
  const retries = metrics.counter('workqueue_retries_total', 'Keys that were added with a delay', names)
  const waited = metrics.histogram('workqueue_queue_duration_seconds', 'How long keys wait for a worker', decades, names)
  const worked = metrics.histogram('workqueue_work_duration_seconds', 'How long the work on a key takes', decades, names)
  const unfinished = metrics.gauge('workqueue_unfinished_work_seconds', 'Seconds of work under way; growing: something hangs', names)
  const longest = metrics.gauge('workqueue_longest_running_processor_seconds', 'How long the oldest work under way has been running', names)
  depth.set(0, labels)
  adds.add(0, labels)
  retries.add(0, labels)
  return {
    depth: keys => depth.set(keys, labels),
    added: () => adds.add(1, labels),
    delayed: () => retries.add(1, labels),
    waited: ms => waited.observe(ms / 1_000, labels),
    worked: ms => worked.observe(ms / 1_000, labels),
    unfinished: (totalMs, longestMs) => {
      unfinished.set(totalMs / 1_000, labels)
      longest.set(longestMs / 1_000, labels)
    },
  }
}
