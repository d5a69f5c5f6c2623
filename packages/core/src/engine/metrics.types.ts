/**
 * Where numbers go. Names and labels follow the field (`workqueue_depth{name=}`, `controller_runtime_reconcile_total`);
 * asking twice for one name gives the same metric. Each manager has its own registry: several may share a process.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter
  gauge(name: string, help: string, labels?: readonly string[]): Gauge
  /** Buckets in the unit that the name says (`_seconds`). */
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Histogram
}

export type LabelValues = Readonly<Record<string, string>>

export interface Counter {
  add(amount: number, labels?: LabelValues): void
}

export interface Gauge {
  set(value: number, labels?: LabelValues): void
}

export interface Histogram {
  observe(value: number, labels?: LabelValues): void
}
