import { equal } from '../objects/index.ts'
import { invalidValue } from '../status/index.ts'
import type { KindRules } from './rules.ts'

/** A revision is history: its data never changes. */
export const controllerRevision: KindRules = {
  validateUpdate: (draft, old) => (equal(draft['data'], old['data']) ? [] : [invalidValue('data', draft['data'], 'field is immutable')]),
}
