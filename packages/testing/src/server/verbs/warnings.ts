import { rulesOf } from '../kinds/index.ts'
import { type Draft, type StoredObject } from '../objects/index.ts'
import type { Call } from '../request/index.ts'

const standard = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])

/** What the writer of a good object is told beside the answer. */
export const warningsOf = (
  { definition, subresource }: Pick<Call, 'definition' | 'subresource'>,
  draft: Draft,
  old?: StoredObject,
): readonly string[] => {
  const rules = rulesOf(definition)
  if (subresource === 'status') return rules.statusWarnings?.(draft) ?? []
  return definition.custom ? finalizerWarnings(draft, old) : (rules.warnings?.(draft, old) ?? [])
}

/** Custom kinds may carry finalizers of any name; the server warns of new ones that two writers could both think of. */
const finalizerWarnings = ({ metadata }: Draft, old: StoredObject | undefined): readonly string[] => {
  const known = new Set(old?.metadata.finalizers)
  // An apply keeps what it leaves empty: null is written there, and means none.
  return (metadata.finalizers ?? [])
    .filter(name => !known.has(name))
    .toSorted()
    .filter(name => !name.includes('/') && !standard.has(name))
    .map(name => {
      const path = name.includes('.') ? 'including a path (/) ' : ''
      return (
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name ${path}` +
        'to avoid accidental conflicts with other finalizer writers'
      )
    })
}
