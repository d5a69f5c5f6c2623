import type { Runtime } from '@kube-node/core/runtime'
import type { RequestRecord } from '../handler/index.ts'
import type { Fault, FaultMatch, Faults } from './fault.ts'

/** A request as faults know it. */
export type Asked = Omit<RequestRecord, 'status'>

/** All faults of one server that are in force. */
export interface FaultBook extends Faults {
  readonly isEmpty: boolean
  /** What hits this request; counts it as a hit. */
  meet(asked: Asked): readonly Fault[]
}

interface Entry {
  readonly fault: Fault
  left: number
}

const includes = (wanted: string | readonly string[] | undefined, value: string): boolean =>
  wanted === undefined || (typeof wanted === 'string' ? wanted === value : wanted.includes(value))

const fits = (match: FaultMatch, asked: Asked): boolean =>
  includes(match.verb, asked.verb) &&
  includes(match.resource, asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`) &&
  includes(match.group, asked.group) &&
  includes(match.namespace, asked.namespace) &&
  includes(match.name, asked.name) &&
  includes(match.user, asked.user) &&
  asked.userAgent.startsWith(match.userAgent ?? '')

/** Draws only for a fault that has a chance: a history without one must not depend on the seed. */
export const faultBook = (runtime: Pick<Runtime, 'random'>, given: readonly Fault[]): FaultBook => {
  const entries = new Set<Entry>()
  const book: FaultBook = {
    get isEmpty() {
      return entries.size === 0
    },
    add: fault => {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
      if (entry.left > 0) entries.add(entry)
      return { [Symbol.dispose]: () => void entries.delete(entry) }
    },
    clear: () => entries.clear(),
    meet: asked => {
      const met: Fault[] = []
      for (const entry of entries) {
        const { chance, match = {} } = entry.fault
        if (!fits(match, asked) || (chance !== undefined && runtime.random() >= chance)) continue
        entry.left -= 1
        if (entry.left <= 0) entries.delete(entry)
        met.push(entry.fault)
      }
      return met
    },
  }
  for (const fault of given) book.add(fault)
  return book
}
