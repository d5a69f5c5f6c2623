import type { Cause } from '../schema/index.ts'
import { forbiddenField } from '../status/index.ts'
import type { KindRules } from './rules.ts'

const frozen = ['data', 'binaryData'] as const

export const configMap: KindRules = {
  changesFirst: true,
  validateUpdate: (draft, old) => {
    if (old['immutable'] !== true) return []
    const causes: Cause[] = draft['immutable'] === true ? [] : [forbiddenField('immutable', 'field is immutable when `immutable` is set')]
    for (const field of frozen) {
      if (JSON.stringify(draft[field] ?? {}) !== JSON.stringify(old[field] ?? {}))
        causes.push(forbiddenField(field, 'field is immutable when `immutable` is set'))
    }
    return causes
  },
}
