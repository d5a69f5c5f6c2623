import { type Context, nowOf } from '../context.ts'
import { type Managing, emptyObject, managingOf, recordUpdate } from '../managed-fields/index.ts'
import { type Draft, type JsonObject, type ManagedFields, type StoredObject, at, isObject, textAt } from '../objects/index.ts'
import type { Call } from '../request/index.ts'
import { present } from './present.ts'

/** Who owns which fields of an object that is about to become this. The draft is defaulted, and as its writer wants it. */
export type Bookkeeping = (next: Draft) => readonly ManagedFields[] | undefined

export const managingIn = (context: Context, { definition, subresource }: Pick<Call, 'definition' | 'subresource'>): Managing =>
  managingOf({
    definition,
    subresource,
    find: (group, version) => context.registry.find(group, version, definition.plural),
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
      // As everybody reads it: what is stored empty was never there to be taken away.
      live: old === undefined ? emptyObject(call.definition) : present(old, call.definition),
      next: asRead(call.definition, next, old?.metadata.name ?? textAt(body, 'metadata', 'name')),
      stored: old?.metadata.managedFields,
      given: givenBooks(call.definition, at(body, 'metadata', 'managedFields')),
      manager,
      isNew: old === undefined,
    })

/** An empty list resets the books; reading a custom kind loses it. */
const givenBooks = ({ custom }: Call['definition'], books: unknown): unknown =>
  custom && Array.isArray(books) && books.length === 0 ? undefined : books

/** What reading fills in belongs to whoever wrote it. */
const asRead = ({ group, kind }: Call['definition'], draft: Draft, name: string): JsonObject => {
  if (group !== '') return draft
  // A name that the server makes comes later.
  if (kind === 'Namespace' && name !== '') {
    const labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': name }
    return { ...draft, metadata: { ...draft.metadata, labels } }
  }
  const { stringData, ...rest } = draft
  return kind === 'Secret' && isObject(stringData)
    ? { ...rest, data: { ...(isObject(rest['data']) ? rest['data'] : {}), ...encoded(stringData) } }
    : draft
}

const encoded = (texts: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]))

export const writeBooks = (draft: Draft, managedFields: readonly ManagedFields[] | undefined): void => {
  if (managedFields === undefined) delete draft.metadata.managedFields
  else draft.metadata.managedFields = managedFields
}

/** Writes down what a program of the cluster's own has changed: `draft` is what becomes of `old`. */
export const keepBooks = (
  context: Context,
  target: Pick<Call, 'definition' | 'subresource'>,
  { manager, old, draft }: { readonly manager: string; readonly old: StoredObject; readonly draft: Draft },
): void => writeBooks(draft, recording(context, target, { manager, body: undefined, old })(draft))
