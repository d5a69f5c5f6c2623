import type { Gauge } from '../engine/index.ts'
import type { Connection } from '../inventory/index.ts'

type Shown = Pick<Connection, 'provider' | 'signal'>

/**
 * One figure of each provider, of what each of its connections shows: regions, accounts and rotated credentials are several connections,
 * and what they are called is no label to sum over. Of a connection that is closed, as all are at the end of a life, nothing is told.
 */
export interface ProviderGauge<T> {
  set(connection: Shown, value: T): void
}

export const providerGauge = <T>(gauge: Gauge, figure: (values: readonly T[]) => number): ProviderGauge<T> => {
  const shown = new Map<Shown, T>()
  const tell = ({ provider: { name } }: Shown): void => {
    const values = [...shown].flatMap(([{ provider }, value]) => (provider.name === name ? [value] : []))
    gauge.set(figure(values), { provider: name })
  }
  const forget = (connection: Shown): void => {
    if (shown.delete(connection)) tell(connection)
  }
  return {
    set(connection, value) {
      const { signal } = connection
      if (signal.aborted) return
      if (!shown.has(connection)) signal.addEventListener('abort', () => forget(connection), { once: true })
      shown.set(connection, value)
      tell(connection)
    },
  }
}

/** How many different ones. */
export const distinct = (values: readonly (readonly string[])[]): number => new Set(values.flat()).size

/** 1 where one of them is so, else 0. */
export const any = (values: readonly boolean[]): number => Number(values.includes(true))
