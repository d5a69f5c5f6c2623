import type { JsonObject } from '../schema/index.ts'

const query = (...names: readonly string[]): readonly JsonObject[] =>
  names.map(named => {
    const [name, type = 'string'] = named.split(':')
    return { name, in: 'query', schema: { type, uniqueItems: true } }
  })

/** What a segment of the path stands for. */
export const inPath = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } })

/** Any operation has it. */
export const pretty: readonly JsonObject[] = query('pretty')

/** kubectl looks for `fieldValidation` among those of PATCH, and falls back to the old /openapi/v2 without it. */
export const write: readonly JsonObject[] = query('dryRun', 'fieldManager', 'fieldValidation')
export const patch: readonly JsonObject[] = [...write, ...query('force:boolean')]

export const remove: readonly JsonObject[] = query(
  'dryRun',
  'gracePeriodSeconds:integer',
  'ignoreStoreReadErrorWithClusterBreakingPotential:boolean',
  'orphanDependents:boolean',
  'propagationPolicy',
)

const page = query(
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit:integer',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents:boolean',
  'shardSelector',
  'timeoutSeconds:integer',
)

export const list: readonly JsonObject[] = [...page, ...query('allowWatchBookmarks:boolean', 'watch:boolean')]

/** A collection of a built-in kind is deleted by pages, as each of its objects is; of a custom kind the document says as of lists. */
export const removeCollection: readonly JsonObject[] = [
  ...page,
  ...remove.filter(({ name }) => !page.some(other => other['name'] === name)),
]

/** A custom kind's objects can be asked for at a version, says its document; those of built-in kinds can too, but theirs does not. */
export const read: readonly JsonObject[] = query('resourceVersion')

const nameOf = ({ name }: JsonObject): string => (typeof name === 'string' ? name : '')

export const inOrder = (parameters: readonly JsonObject[]): readonly JsonObject[] =>
  parameters.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))

/** Those that all operations of a path have: the document tells them once, beside the operations. */
export const shared = (all: readonly (readonly JsonObject[])[]): readonly JsonObject[] => {
  const [first = [], ...others] = all
  return first.filter(parameter => others.every(other => other.some(({ name }) => name === parameter['name'])))
}
