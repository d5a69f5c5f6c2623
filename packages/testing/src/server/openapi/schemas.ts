import { builtinTypeName, builtinTypes, objectMetaType } from '../schema/builtin.ts'
import type { BuiltinType } from '../schema/builtin-link.ts'
import type { JsonObject, ResourceDefinition, SchemaNode } from '../schema/index.ts'
import { isObject } from '../schema/json.ts'

const prefix = '#/components/schemas/'

export const prefixed = (name: string): JsonObject => ({ $ref: `${prefix}${name}` })

/** `test.example.v1.Widget` for a custom kind: the group's labels back to front, as a kube-apiserver names it. */
const typeName = ({ group, version, kind, custom }: ResourceDefinition): string =>
  (custom ? undefined : builtinTypeName(group, version, kind)) ?? [...group.split('.').reverse(), version, kind].join('.')

export const refTo = (definition: ResourceDefinition, suffix = ''): JsonObject => prefixed(`${typeName(definition)}${suffix}`)

/** All schemas that the kinds need, and those that these refer to. */
export const schemasOf = (definitions: readonly ResourceDefinition[]): JsonObject => {
  const schemas = new Map<string, JsonObject>()
  for (const definition of definitions) {
    const name = typeName(definition)
    if (definition.custom) schemas.set(name, customSchema(definition))
    schemas.set(`${name}List`, listSchema(definition))
  }
  const wanted = [...always, ...definitions.filter(d => !d.custom).map(typeName), ...definitions.flatMap(bodiesOf)]
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const type = builtinTypes[name]
    if (type === undefined || schemas.has(name)) continue
    schemas.set(name, published(type, wanted))
  }
  return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const always = ['ObjectMeta', 'ListMeta', 'DeleteOptions', 'Status', 'Patch'].map(name => `io.k8s.apimachinery.pkg.apis.meta.v1.${name}`)

const bodiesOf = ({ subresources: { scale, others = [] } }: ResourceDefinition): readonly string[] => [
  ...(scale === undefined ? [] : ['io.k8s.api.autoscaling.v1.Scale']),
  ...(others.includes('binding') ? ['io.k8s.api.core.v1.Binding'] : []),
  ...(others.includes('eviction') ? ['io.k8s.api.policy.v1.Eviction'] : []),
  ...(others.includes('token') ? ['io.k8s.api.authentication.v1.TokenRequest'] : []),
]

/** A stored type with its references as a document has them: what stands beside one needs an allOf around it. */
const published = (
  { $ref, properties, items, additionalProperties, oneOf, 'x-go-type': _type, 'x-go-zero': _zero, ...words }: BuiltinType,
  wanted: string[],
): JsonObject => {
  if ($ref !== undefined) {
    wanted.push($ref)
    return Object.keys(words).length === 0 ? prefixed($ref) : { ...words, allOf: [prefixed($ref)] }
  }
  return {
    ...words,
    ...(oneOf === undefined ? {} : { oneOf }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, p]) => [key, published(p, wanted)])) }),
    ...(items === undefined ? {} : { items: published(items, wanted) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: published(additionalProperties, wanted) }),
  }
}

const text: JsonObject = { type: 'string' }
const metadata: JsonObject = { allOf: [prefixed(objectMetaType)] }

const gvk = (definition: ResourceDefinition, suffix = ''): JsonObject => ({
  'x-kubernetes-group-version-kind': [{ group: definition.group, kind: `${definition.kind}${suffix}`, version: definition.version }],
})

const customSchema = (definition: ResourceDefinition): JsonObject => {
  const { 'x-kubernetes-embedded-resource': _root, ...schema } = definition.schema ?? { type: 'object' }
  const own = withMetadata(schema)
  const properties = isObject(own['properties']) ? own['properties'] : {}
  return { ...own, properties: { ...properties, apiVersion: text, kind: text, metadata }, ...gvk(definition) }
}

/** The author's schema, with the fields that objects inside of objects have anyway. */
const withMetadata = ({ properties, items, additionalProperties, ...words }: SchemaNode): JsonObject => {
  const embedded = words['x-kubernetes-embedded-resource'] === true
  const own = Object.fromEntries(Object.entries(properties ?? {}).map(([key, node]) => [key, withMetadata(node)]))
  return {
    ...words,
    ...(properties === undefined && !embedded ? {} : { properties: embedded ? { ...own, apiVersion: text, kind: text, metadata } : own }),
    ...(items === undefined ? {} : { items: withMetadata(items) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: typeof additionalProperties === 'object' ? withMetadata(additionalProperties) : additionalProperties }),
  }
}

const listSchema = (definition: ResourceDefinition): JsonObject => ({
  type: 'object',
  required: ['items'],
  properties: {
    apiVersion: text,
    items: { type: 'array', items: refTo(definition) },
    kind: text,
    metadata: { allOf: [prefixed('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta')] },
  },
  ...gvk(definition, 'List'),
})
