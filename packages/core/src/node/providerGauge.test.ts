import { expect, it } from 'vitest'
import type { MachineProvider } from '../provider/index.ts'
import { any, distinct, providerGauge } from './providerGauge.ts'

// Of a provider only its name counts here.
const provider = (name: string): MachineProvider => ({ name }) as MachineProvider
const open = (name: string) => {
  const closing = new AbortController()
  return { provider: provider(name), signal: closing.signal, close: () => closing.abort() }
}
const told = (): { readonly figures: Record<string, number>; set(value: number, labels?: Readonly<Record<string, string>>): void } => {
  const figures: Record<string, number> = {}
  return {
    figures,
    set(value, labels) {
      figures[labels?.['provider'] ?? ''] = value
    },
  }
}

it('tells of each provider what its open connections show, whichever was looked at last', () => {
  const { figures, ...gauge } = told()
  const orphans = providerGauge(gauge, distinct)
  const [one, two, other] = [open('p'), open('p'), open('q')]
  orphans.set(one, ['a', 'b'])
  orphans.set(two, ['b', 'c'])
  orphans.set(other, ['a'])
  expect(figures).toEqual({ p: 3, q: 1 })
  orphans.set(two, [])
  expect(figures).toEqual({ p: 2, q: 1 })
  one.close()
  expect(figures).toEqual({ p: 0, q: 1 })
})

it('tells nothing of a connection that was closed while somebody looked at it', () => {
  const { figures, ...gauge } = told()
  const frozen = providerGauge(gauge, any)
  const [one, two] = [open('p'), open('p')]
  frozen.set(one, true)
  frozen.set(two, false)
  expect(figures).toEqual({ p: 1 })
  one.close()
  frozen.set(one, true)
  expect(figures).toEqual({ p: 0 })
})
