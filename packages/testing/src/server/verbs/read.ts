import type { Context } from '../context.ts'
import type { StoredObject } from '../objects/index.ts'
import { type Call, type Outcome, ok, parseRevision } from '../request/index.ts'
import { notFound, subjectOf, tooLargeResourceVersion } from '../status/index.ts'
import { present } from './present.ts'

export const get = (context: Context, call: Call): Outcome => {
  const asked = call.query['resourceVersion'] ?? ''
  if (asked !== '') {
    const revision = parseRevision(asked)
    if (revision > context.storage.revision) throw tooLargeResourceVersion(revision, context.storage.revision)
  }
  return ok(present(find(context, call), call.definition))
}

/** The object that the request is about. @throws Failure 404. */
export const find = (context: Context, call: Pick<Call, 'definition' | 'namespace' | 'name'>): StoredObject => {
  const found = context.storage.get(call.definition, call.namespace, call.name)
  if (found === undefined) throw notFound(subjectOf(call.definition, call.name))
  return found
}
