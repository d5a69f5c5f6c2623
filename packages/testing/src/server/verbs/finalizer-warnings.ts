import { type Draft, type StoredObject, equal } from '../objects/index.ts'
import type { Call } from '../request/index.ts'

const standard = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])

/** Custom kinds may carry finalizers of any name; the server warns of those that two writers could both think of. */
export const warnOfFinalizers = (call: Call, draft: Draft, old?: StoredObject): void => {
  const { finalizers = [] } = draft.metadata
  if (!call.definition.custom || call.subresource !== '' || (old !== undefined && equal(finalizers, old.metadata.finalizers ?? []))) return
  for (const name of finalizers) {
    if (name.includes('/') || standard.has(name)) continue
    const path = name.includes('.') ? 'including a path (/) ' : ''
    call.warnings.push(
      `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name ${path}` +
        'to avoid accidental conflicts with other finalizer writers',
    )
  }
}
