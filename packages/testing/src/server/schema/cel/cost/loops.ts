import { type Range, add, exactly, union } from './range.ts'

const one = exactly(1n)
const nothing = exactly(0n)

/** What CEL makes of `all`, `map` and their like: what comes before the rounds, what each of them costs, and what is left to do. */
export interface Loop {
  readonly start: Range
  readonly step: Range
  readonly end: Range
}

/** A list of one item, and what was there before it, put together. */
const appended = (item: Range): Range => add(item, exactly(12n))

/** By what the parts of the macro cost: the condition, or the new item; and the item where a condition comes before it. */
export const loops = (name: string, first: Range, second: Range | undefined): Loop => {
  const list = { start: exactly(10n), end: one }
  switch (name) {
    case 'all':
      return { start: nothing, step: add(exactly(2n), { min: 1n, max: add(one, first).max }), end: one }
    case 'exists':
      return { start: nothing, step: add(exactly(3n), { min: 1n, max: add(one, first).max }), end: one }
    case 'exists_one':
      return { start: nothing, step: add(first, { min: 1n, max: 2n }), end: exactly(2n) }
    case 'filter':
      return { ...list, step: add(first, union(appended(one), one)) }
    default:
      return { ...list, step: second === undefined ? appended(first) : add(first, union(appended(second), one)) }
  }
}
