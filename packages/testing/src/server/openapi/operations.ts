import type { JsonObject } from '../schema/index.ts'
import { operationId, tagOf } from './operation-id.ts'
import { inOrder, pretty, shared } from './parameters.ts'
import { prefixed } from './refs.ts'

export interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** One thing that may be done at a path. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As authorization names the verb, but for writes: `x-kubernetes-action`. */
  readonly action: string
  /** `readNamespacedWidgetScale`: the group and version get in behind the verb. */
  readonly name: string
  /** Of the body's kind, where that is not what the path is about. */
  readonly about: Kind
  readonly parameters: readonly JsonObject[]
  readonly body?: { readonly type: string; readonly media?: readonly string[]; readonly optional?: boolean }
  readonly answer: string
  readonly statuses: readonly number[]
}

/** How the server of the kind speaks: that of custom kinds knows no protobuf. */
export interface Dialect {
  readonly answers: readonly string[]
  readonly bodies: readonly string[]
  /** Lists can be watched in these, too. */
  readonly streams: readonly string[]
}

export const customDialect: Dialect = {
  answers: ['application/json', 'application/yaml'],
  bodies: ['application/json', 'application/yaml'],
  streams: [],
}

export const builtinDialect: Dialect = {
  answers: ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'],
  bodies: ['*/*'],
  streams: ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'],
}

const phrases: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted', 401: 'Unauthorized' }

const content = (media: readonly string[], type: string): JsonObject =>
  Object.fromEntries(media.map(each => [each, { schema: prefixed(type) }]))

/** A path of the document: its operations, and what these have in common. */
export const pathItem = (
  self: Pick<Kind, 'group' | 'version'>,
  dialect: Dialect,
  above: readonly JsonObject[],
  operations: readonly Operation[],
): JsonObject => {
  const all = operations.map(({ parameters }) => [...parameters, ...above, ...pretty])
  const common = shared(all)
  const isCommon = ({ name }: JsonObject): boolean => common.some(other => other['name'] === name)
  const made = operations.map(operation => [operation.method, operationItem(self, dialect, operation, isCommon)] as const)
  return { ...Object.fromEntries(made), parameters: inOrder(common) }
}

const operationItem = (
  self: Pick<Kind, 'group' | 'version'>,
  { answers, bodies, streams }: Dialect,
  { about, action, answer, body, name, parameters, statuses }: Operation,
  isCommon: (parameter: JsonObject) => boolean,
): JsonObject => {
  const own = inOrder(parameters.filter(parameter => !isCommon(parameter)))
  const media = action === 'list' ? [...answers, ...streams] : answers
  return {
    tags: [tagOf(self)],
    operationId: operationId(name, self),
    ...(own.length === 0 ? {} : { parameters: own }),
    ...(body === undefined
      ? {}
      : { requestBody: { content: content(body.media ?? bodies, body.type), ...(body.optional === true ? {} : { required: true }) } }),
    responses: {
      ...Object.fromEntries(statuses.map(status => [status, { description: phrases[status] ?? '', content: content(media, answer) }])),
      401: { description: phrases[401] ?? '' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: about.group, version: about.version, kind: about.kind },
  }
}
