import fc from 'fast-check'
import type { Fields, Step } from '../script.ts'
import { oneOf } from './chance.ts'

/** Query parameters of every kind of write. */
export const writeQuery: fc.Arbitrary<Fields> = fc
  .record({
    dryRun: fc.oneof(
      { weight: 14, arbitrary: fc.constant(null) },
      { weight: 2, arbitrary: fc.constant('All') },
      { weight: 1, arbitrary: oneOf('Some', '') },
    ),
    fieldValidation: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 5, arbitrary: oneOf('Strict', 'Warn', 'Ignore') },
      { weight: 1, arbitrary: fc.constant('Odd') },
    ),
    fieldManager: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: oneOf('one', 'two') }),
  })
  .map(trimmed)

export function trimmed(query: Fields): Fields {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null))
}

const accept = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: oneOf(
      'application/json;as=Table;v=v1;g=meta.k8s.io',
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
      'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    ),
  },
)

export const withAccept = <S extends Step>(step: fc.Arbitrary<S>): fc.Arbitrary<S> =>
  fc.tuple(step, accept).map(([s, as]) => (as === undefined ? s : { ...s, accept: as }))
