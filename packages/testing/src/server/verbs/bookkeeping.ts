import { type Context, nowOf } from '../context.ts'
import { type Managing, emptyObject, managingOf, recordUpdate } from '../managed-fields/index.ts'
import { type Draft, type JsonObject, type ManagedFields, type StoredObject, at, isObject } from '../objects/index.ts'
import type { Call } from '../request/index.ts'

/** Who owns which fields of an object that is about to become this. The draft is defaulted, and as its writer wants it. */
export type Bookkeeping = (next: Draft) => readonly ManagedFields[] | undefined

export const managingIn = (context: Context, { definition, subresource }: Pick<Call, 'definition' | 'subresource'>): Managing =>
  managingOf({
    definition,
    subresource,
    serves: (group, version) => context.registry.find(group, version, definition.plural) !== undefined,
    now: () => nowOf(context),
  })

export interface Recording {
  readonly manager: string
  /** The object as the request has it: its word on managed fields counts as it was said. */
  readonly body: unknown
  /** Absent for a create. */
  readonly old?: StoredObject
}

/** The books after a create or an update. */
export const recording =
  (context: Context, call: Pick<Call, 'definition' | 'subresource'>, { manager, body, old }: Recording): Bookkeeping =>
  next =>
    recordUpdate(managingIn(context, call), {
      live: old ?? emptyObject(call.definition),
      next: asRead(call.definition, next),
      stored: old?.metadata.managedFields,
      given: at(body, 'metadata', 'managedFields'),
      manager,
      isNew: old === undefined,
    })

/** What reading fills in belongs to whoever wrote it. */
const asRead = ({ group, kind }: Call['definition'], draft: Draft): JsonObject => {
  if (group !== '') return draft
  if (kind === 'Namespace') {
    const labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name }
    return { ...draft, metadata: { ...draft.metadata, labels } }
  }
  const { stringData, ...rest } = draft
  return kind === 'Secret' && isObject(stringData)
    ? { ...rest, data: { ...(isObject(rest['data']) ? rest['data'] : {}), ...stringData } }
    : draft
}

export const writeBooks = (draft: Draft, managedFields: readonly ManagedFields[] | undefined): void => {
  if (managedFields === undefined) delete draft.metadata.managedFields
  else draft.metadata.managedFields = managedFields
}
