/**
 * Writes packages/testing/src/server/schema/builtin-types.json: which kinds a kube-apiserver serves and the structure of their
 * types, without any description, for the kinds that the embedded API server knows.
 *
 *   kubectl proxy --port 8001 &
 *   node scripts/builtin-types.ts --from http://127.0.0.1:8001 --go $(go env GOMODCACHE)/k8s.io --version v0.37.2
 *
 * --from may also be a folder of openapi/v3 and discovery documents, saved as `apis__apps__v1.json` and `discovery__apis__apps__v1.json`.
 * --go says where the sources of the same release are: from their JSON tags we learn what the API server leaves out and what it
 * writes as null (`x-go-zero`), and what it calls a type in its complaints (`x-go-type`).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type GoField, goTypes } from './go-types.ts'

type Json = Record<string, unknown>

/** Group and version, kinds, in the order in which a kube-apiserver lists its groups. */
const wanted: readonly (readonly [path: string, kinds: readonly string[]])[] = [
  [
    'api/v1',
    [
      'ConfigMap',
      'Endpoints',
      'Event',
      'Namespace',
      'Node',
      'PersistentVolumeClaim',
      'PersistentVolume',
      'Pod',
      'ReplicationController',
      'Secret',
      'ServiceAccount',
      'Service',
    ],
  ],
  ['apis/apps/v1', ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']],
  ['apis/batch/v1', ['Job']],
  ['apis/certificates.k8s.io/v1', ['CertificateSigningRequest']],
  ['apis/policy/v1', ['PodDisruptionBudget']],
  ['apis/rbac.authorization.k8s.io/v1', ['ClusterRoleBinding', 'ClusterRole', 'RoleBinding', 'Role']],
  ['apis/storage.k8s.io/v1', ['CSINode', 'StorageClass', 'VolumeAttachment']],
  ['apis/admissionregistration.k8s.io/v1', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']],
  ['apis/apiextensions.k8s.io/v1', ['CustomResourceDefinition']],
  ['apis/scheduling.k8s.io/v1', ['PriorityClass']],
  ['apis/coordination.k8s.io/v1', ['Lease']],
]

/** Bodies of subresources and of the verbs themselves. */
const alsoTypes: Readonly<Record<string, readonly string[]>> = {
  'api/v1': [
    'io.k8s.api.core.v1.Binding',
    'io.k8s.api.policy.v1.Eviction',
    'io.k8s.api.autoscaling.v1.Scale',
    'io.k8s.api.authentication.v1.TokenRequest',
    'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
    'io.k8s.apimachinery.pkg.apis.meta.v1.Status',
    'io.k8s.apimachinery.pkg.apis.meta.v1.Patch',
    'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  ],
}

/** Served by a kube-apiserver, but meaningless without a kubelet's sockets. */
const leftOut = new Set(['attach', 'exec', 'log', 'portforward', 'proxy', 'resize', 'ephemeralcontainers'])

const schemaWords = new Set([
  'type',
  'format',
  'required',
  'enum',
  'default',
  'nullable',
  'x-kubernetes-group-version-kind',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-patch-strategy',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-unions',
])

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

/**
 * One schema without prose. A reference becomes `{ $ref: name }`, also where OpenAPI v3 wraps it in allOf to add a default beside it.
 * `refs` collects the names met.
 */
const compact = (schema: Json, refs: Set<string>): Json => {
  const result: Json = {}
  const only = Array.isArray(schema['allOf']) && schema['allOf'].length === 1 ? schema['allOf'][0] : undefined
  const ref =
    typeof schema['$ref'] === 'string' ? schema['$ref'] : isJson(only) && typeof only['$ref'] === 'string' ? only['$ref'] : undefined
  if (ref !== undefined) {
    refs.add(nameOf(ref))
    result['$ref'] = nameOf(ref)
  }
  for (const [word, value] of Object.entries(schema)) {
    if (schemaWords.has(word)) result[word] = value
    else if (word === 'properties' && isJson(value)) {
      result[word] = Object.fromEntries(
        Object.entries(value).map(([name, property]) => [name, isJson(property) ? compact(property, refs) : {}]),
      )
    } else if ((word === 'items' || word === 'additionalProperties') && isJson(value)) result[word] = compact(value, refs)
    else if ((word === 'oneOf' || word === 'anyOf') && Array.isArray(value)) {
      result[word] = value.map((option: unknown) => (isJson(option) ? compact(option, refs) : option))
    } else if (word !== 'description' && word !== '$ref' && !(word === 'allOf' && ref !== undefined))
      throw new Error(`unknown word in a schema: ${word}`)
  }
  return result
}

const isKind = (schema: Json, group: string, version: string, kind: string): boolean => {
  const gvks = schema['x-kubernetes-group-version-kind']
  return (
    Array.isArray(gvks) &&
    gvks.some((gvk: unknown) => isJson(gvk) && gvk['group'] === group && gvk['version'] === version && gvk['kind'] === kind)
  )
}

const {
  values: { from, to, go, version: release },
} = parseArgs({
  options: {
    from: { type: 'string' },
    to: { type: 'string', default: join(import.meta.dirname, '../packages/testing/src/server/schema/builtin-types.json') },
    go: { type: 'string' },
    version: { type: 'string', default: 'v0.37.2' },
  },
})
if (from === undefined || go === undefined) throw new Error('say --from URL or FOLDER, and --go FOLDER')
const structOf = goTypes(go, release)

const load = async (what: 'openapi' | 'discovery', path: string): Promise<Json> => {
  const file = `${what === 'openapi' ? '' : 'discovery__'}${path.replaceAll('/', '__')}.json`
  const found: unknown = from.startsWith('http')
    ? await (await fetch(`${from}${what === 'openapi' ? '/openapi/v3' : ''}/${path}`)).json()
    : JSON.parse(readFileSync(join(from, what === 'discovery' && path === 'api/v1' ? 'discovery__api_v1.json' : file), 'utf8'))
  if (!isJson(found)) throw new Error(`${path} is not an object`)
  return found
}

/** Adds what Go's tags say beside the published schema. */
const withGo = (schema: Json, fields: readonly GoField[]): Json => {
  const properties = isJson(schema['properties']) ? schema['properties'] : {}
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        const field = fields.find(f => f.json === name)
        return [name, field === undefined || !isJson(property) ? property : goProperty(property, field)]
      }),
    ),
  }
}

const isTime = (type: string): boolean => /(^|\.)(Time|MicroTime)$/.test(type)

const goProperty = (property: Json, field: GoField): Json => {
  const scalar = ['string', 'integer', 'boolean', 'number'].includes(String(property['type']))
  const nullable = field.container || field.pointer || isTime(field.type)
  const time = isTime(field.type) && !field.pointer && !field.container
  const zero = nullable
    ? time
      ? field.omitzero
        ? undefined
        : 'null'
      : field.omitted
        ? undefined
        : 'null'
    : field.omitzero || (field.omitted && scalar)
      ? 'omit'
      : undefined
  const named = goName(field.type)
  const items =
    isJson(property['items']) && named !== undefined && property['items']['$ref'] === undefined
      ? { items: { ...property['items'], 'x-go-type': named } }
      : {}
  const own = named !== undefined && !field.container && property['$ref'] === undefined ? { 'x-go-type': named } : {}
  return { ...property, ...items, ...own, ...(zero === undefined ? {} : { 'x-go-zero': zero }) }
}

/** `v1.TaintEffect`, as errors print it. Undefined for Go's own types. */
const goName = (type: string): string | undefined => {
  if (/^(string|bool|byte|int|int32|int64|float64|interface\{\})$/.test(type)) return undefined
  const [name = '', alias = 'v1'] = type.split('.').reverse()
  return `${alias.endsWith('v1') ? 'v1' : alias}.${name}`
}

const schemas = new Map<string, Json>()
const resources: Json[] = []

for (const [path, kinds] of wanted) {
  const [openapi, discovery] = await Promise.all([load('openapi', path), load('discovery', path)])
  const components = isJson(openapi['components']) ? openapi['components'] : {}
  const types = isJson(components['schemas']) ? components['schemas'] : {}
  const [group = '', version = 'v1'] = path === 'api/v1' ? [] : path.split('/').slice(1)
  const served = Array.isArray(discovery['resources']) ? discovery['resources'].filter(isJson) : []

  const include = (name: string): void => {
    if (schemas.has(name)) return
    const type = types[name]
    if (!isJson(type)) throw new Error(`${path} has no type ${name}`)
    const refs = new Set<string>()
    const kept = compact(type, refs)
    // DeleteOptions and Status carry a hundred groups: the reader has no use for them.
    if (Array.isArray(type['x-kubernetes-group-version-kind']) && type['x-kubernetes-group-version-kind'].length > 1)
      delete kept['x-kubernetes-group-version-kind']
    const fields = structOf(name)
    schemas.set(name, fields === undefined ? kept : withGo(kept, fields))
    for (const ref of refs) include(ref)
  }

  for (const kind of kinds) {
    const resource = served.find(r => r['kind'] === kind && !String(r['name']).includes('/'))
    const type = Object.entries(types).find(([, schema]) => isJson(schema) && isKind(schema, group, version, kind))?.[0]
    if (resource === undefined || type === undefined) throw new Error(`${path} does not serve ${kind}`)
    include(type)
    const subresources = served
      .map(r => String(r['name']))
      .filter(name => name.startsWith(`${String(resource['name'])}/`))
      .map(name => name.slice(name.indexOf('/') + 1))
      .filter(name => !leftOut.has(name))
    resources.push({
      group,
      version,
      kind,
      plural: resource['name'],
      singular: resource['singularName'],
      namespaced: resource['namespaced'],
      verbs: resource['verbs'],
      shortNames: resource['shortNames'],
      categories: resource['categories'],
      subresources,
      type,
    })
  }
  for (const name of alsoTypes[path] ?? []) include(name)
}

// One definition a line: a newer API server then shows as a readable diff.
const line = ([name, schema]: readonly [string, Json]): string => `    ${JSON.stringify(name)}: ${JSON.stringify(schema)}`
const text = `{
  "resources": [
${resources.map(resource => `    ${JSON.stringify(resource)}`).join(',\n')}
  ],
  "types": {
${[...schemas]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(line)
  .join(',\n')}
  }
}
`
writeFileSync(to, text)
console.log(`${resources.length} kinds, ${schemas.size} types, ${Math.round(text.length / 1024)} KB`)
