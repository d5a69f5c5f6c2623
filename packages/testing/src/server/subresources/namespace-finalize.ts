import type { Context } from '../context.ts'
import { type StoredObject, at, draftOf } from '../objects/index.ts'
import { type Call, type Outcome, ok } from '../request/index.ts'
import { modified, subjectOf } from '../status/index.ts'
import { find } from '../verbs/index.ts'

/** PUT on a namespace's `finalize`: sets spec.finalizers; a namespace that is being deleted goes with the last of them. */
export const finalizeNamespace = (context: Context, call: Call): Outcome => {
  const old = find(context, call)
  const version = at(call.body, 'metadata', 'resourceVersion')
  if (typeof version === 'string' && version !== '' && version !== old.metadata.resourceVersion)
    throw modified(subjectOf(call.definition, call.name))
  const wanted = at(call.body, 'spec', 'finalizers')
  const finalizers: readonly unknown[] = Array.isArray(wanted) ? wanted : []
  const draft = draftOf(old)
  draft['spec'] = finalizers.length === 0 ? {} : { finalizers }
  const done = old.metadata.deletionTimestamp !== undefined && finalizers.length === 0 && (old.metadata.finalizers ?? []).length === 0
  // Border: the draft of an update has all that the stored object had.
  const answered = draft as unknown as StoredObject
  if (!done) return ok(context.storage.update(call.definition, draft, old))
  context.storage.delete(call.definition, old)
  return ok(answered)
}
