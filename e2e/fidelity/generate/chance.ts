import fc from 'fast-check'
import type { Fields } from '../script.ts'

export const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

/** Mostly the first, now and then one of the others. */
export const mostly = (usual: fc.Arbitrary<Fields>, odd: fc.Arbitrary<Fields>): fc.Arbitrary<Fields> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd })
