/** The part of a metrics registry that clients and informers count in; the engine's `Metrics` is one. */
export interface Counters {
  counter(name: string, help: string, labels?: readonly string[]): { add(amount: number, labels?: Readonly<Record<string, string>>): void }
}
