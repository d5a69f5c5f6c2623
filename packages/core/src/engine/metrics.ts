import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry } from 'prom-client'
import type { Counter, Gauge, Histogram, Metrics } from './metrics.types.ts'

/** Metrics of one manager, and how they are read out. */
export interface MetricsRegistry extends Metrics {
  /** Calls `collect` before each read-out: for gauges that are computed then (ages of what runs) instead of kept. */
  onCollect(collect: () => void): Disposable
  /** All of it in Prometheus' text format. */
  text(): Promise<string>
  /** The `content-type` of `text()`. */
  readonly contentType: string
}

/** Fresh metrics with a registry of their own: prom-client's default one is shared by the whole process. */
export const createMetrics = (): MetricsRegistry => {
  const registry = new Registry()
  const types = new Map<string, string>()
  const collectors = new Set<() => void>()

  /** Asking twice for one name gives the same metric. */
  const family = <M>(type: string): ((name: string, make: () => M) => M) => {
    const made = new Map<string, M>()
    return (name, make) => {
      const known = made.get(name)
      if (known) return known
      const other = types.get(name)
      if (other !== undefined) throw new TypeError(`metric ${name} is a ${other} already, and can not be a ${type} too`)
      const metric = make()
      types.set(name, type)
      made.set(name, metric)
      return metric
    }
  }
  const counters = family<Counter>('counter')
  const gauges = family<Gauge>('gauge')
  const histograms = family<Histogram>('histogram')

  return {
    counter: (name, help, labels = []) =>
      counters(name, () => {
        const counter = new PromCounter({ name, help, labelNames: [...labels], registers: [registry] })
        return { add: (amount, values = {}) => counter.inc(values, amount) }
      }),
    gauge: (name, help, labels = []) =>
      gauges(name, () => {
        const gauge = new PromGauge({ name, help, labelNames: [...labels], registers: [registry] })
        return { set: (value, values = {}) => gauge.set(values, value) }
      }),
    histogram: (name, help, buckets, labels = []) =>
      histograms(name, () => {
        const histogram = new PromHistogram({ name, help, buckets: [...buckets], labelNames: [...labels], registers: [registry] })
        return { observe: (value, values = {}) => histogram.observe(values, value) }
      }),
    onCollect(collect) {
      collectors.add(collect)
      return { [Symbol.dispose]: () => void collectors.delete(collect) }
    },
    async text() {
      for (const collect of collectors) collect()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
