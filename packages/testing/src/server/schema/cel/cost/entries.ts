import { type Range, union } from './range.ts'

/** Sizes of what a list or a map has in it. */
export interface Entries {
  readonly of: 'list' | 'map'
  readonly key: Range
  readonly value: Range
}

/** Of one or the other; nothing is known where nothing is of one of them. */
export const unionOf = (a: Entries | undefined, b: Entries | undefined): Entries | undefined =>
  a === undefined || b === undefined ? undefined : { of: a.of, key: union(a.key, b.key), value: union(a.value, b.value) }
