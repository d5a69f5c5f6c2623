import { subresourcesOf } from '../discovery/index.ts'
import type { JsonObject, ResourceDefinition } from '../schema/index.ts'
import { prefixed, refTo } from './schemas.ts'

const query = (...parameters: readonly string[]): readonly JsonObject[] =>
  parameters.map(parameter => {
    const [name, type = 'string'] = parameter.split(':')
    return { name, in: 'query', schema: { type, uniqueItems: true } }
  })

const inPath = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } })

/** kubectl looks for `fieldValidation` among the parameters of PATCH, and falls back to the old /openapi/v2 without it. */
const write = query('dryRun', 'fieldManager', 'fieldValidation')
const patch = query('dryRun', 'fieldManager', 'fieldValidation', 'force:boolean')
const remove = query('dryRun', 'gracePeriodSeconds:integer', 'orphanDependents:boolean', 'propagationPolicy')
const list = query(
  'allowWatchBookmarks:boolean',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit:integer',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents:boolean',
  'timeoutSeconds:integer',
  'watch:boolean',
)

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

const operation = (action: string, kind: Kind, answer: JsonObject, parameters: readonly JsonObject[], body?: JsonObject): JsonObject => ({
  ...(parameters.length === 0 ? {} : { parameters }),
  ...(body === undefined ? {} : { requestBody: { content: body } }),
  responses: { 200: { description: 'OK', content: { 'application/json': { schema: answer } } } },
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': kind,
})

/** All paths of a kind, with what may be done there. */
export const pathsOf = (definition: ResourceDefinition): JsonObject => {
  const { group, version, kind, plural, namespaced, verbs, custom } = definition
  const self: Kind = { group, version, kind }
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const all = `${root}/${plural}`
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : all
  const above = namespaced ? [inPath('namespace')] : []
  const one = refTo(definition)
  const many = refTo(definition, 'List')
  const whole = { '*/*': { schema: one } }
  const changes = Object.fromEntries(
    (custom ? patchTypes.filter(type => !type.includes('strategic')) : patchTypes).map(type => [
      type,
      { schema: prefixed('io.k8s.apimachinery.pkg.apis.meta.v1.Patch') },
    ]),
  )
  const status = prefixed('io.k8s.apimachinery.pkg.apis.meta.v1.Status')
  const options = { '*/*': { schema: prefixed('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions') } }
  const when = (verb: string, method: string, made: JsonObject): JsonObject => (verbs.includes(verb) ? { [method]: made } : {})
  const listing = when('list', 'get', operation('list', self, many, list))
  return {
    ...(namespaced ? { [all]: { ...listing, parameters: [] } } : {}),
    [collection]: {
      ...listing,
      ...when('create', 'post', operation('post', self, one, write, whole)),
      ...when('deletecollection', 'delete', operation('deletecollection', self, status, [...remove, ...list], options)),
      parameters: above,
    },
    [`${collection}/{name}`]: {
      ...when('get', 'get', operation('get', self, one, [])),
      ...when('update', 'put', operation('put', self, one, write, whole)),
      ...when('patch', 'patch', operation('patch', self, one, patch, changes)),
      ...when('delete', 'delete', operation('delete', self, status, remove, options)),
      parameters: [...above, inPath('name')],
    },
    ...Object.fromEntries(
      subresourcesOf(definition).map(subresource => {
        const its: Kind = { group: subresource.group ?? group, version: subresource.version ?? version, kind: subresource.kind }
        const body = foreign[subresource.kind] === undefined ? one : prefixed(foreign[subresource.kind] ?? '')
        const methods = subresource.verbs.map((verb): readonly [string, JsonObject] => {
          switch (verb) {
            case 'create':
              return ['post', operation('post', its, body, write, { '*/*': { schema: body } })]
            case 'update':
              return ['put', operation('put', its, body, write, { '*/*': { schema: body } })]
            case 'patch':
              return ['patch', operation('patch', its, body, patch, changes)]
            default:
              return ['get', operation('get', its, body, [])]
          }
        })
        return [`${collection}/{name}/${subresource.name}`, { ...Object.fromEntries(methods), parameters: [...above, inPath('name')] }]
      }),
    ),
  }
}

/** Types of subresources' bodies that are not the resource itself. */
const foreign: Readonly<Record<string, string>> = {
  Binding: 'io.k8s.api.core.v1.Binding',
  Eviction: 'io.k8s.api.policy.v1.Eviction',
  Scale: 'io.k8s.api.autoscaling.v1.Scale',
  TokenRequest: 'io.k8s.api.authentication.v1.TokenRequest',
}
