import fc from 'fast-check'
import { oneOf } from '../generate/chance.ts'
import type { Fields, Value } from '../script.ts'
import { commonJsonPatch, metadataEdit } from './metadata.ts'

/** A kind's part of the generator: whole objects that are (mostly) valid, and merge patches over them, some of which no server takes. */
export interface Subject {
  /** Without apiVersion, kind and name. */
  readonly content: fc.Arbitrary<Fields>
  readonly edit: fc.Arbitrary<Fields>
  readonly status?: fc.Arbitrary<Fields>
  readonly jsonPatch: fc.Arbitrary<Value>
}

export const subject = (parts: {
  content: fc.Arbitrary<Fields>
  edits: readonly Fields[]
  patches?: readonly Value[]
  status?: readonly Fields[]
}): Subject => ({
  content: parts.content,
  edit: fc.oneof({ weight: 1, arbitrary: metadataEdit }, { weight: 1, arbitrary: oneOf(...parts.edits) }),
  jsonPatch: parts.patches === undefined ? commonJsonPatch : fc.oneof(commonJsonPatch, oneOf(...parts.patches)),
  ...(parts.status === undefined ? {} : { status: oneOf(...parts.status).map(status => ({ status })) }),
})
