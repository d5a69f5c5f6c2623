import type { SchemaNode } from './definition.ts'

/** A published type; `$ref` holds another type's name and may have words beside it. */
export interface BuiltinType extends Omit<SchemaNode, 'properties' | 'items' | 'additionalProperties'> {
  readonly $ref?: string
  /** The kind that the type is of. */
  readonly 'x-kubernetes-group-version-kind'?: readonly object[]
  readonly properties?: Readonly<Record<string, BuiltinType>>
  readonly items?: BuiltinType
  readonly additionalProperties?: BuiltinType
}

/** Types with a way of their own to be read from JSON, which their published schema does not tell. */
const special: Readonly<Record<string, Partial<SchemaNode>>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { 'x-kubernetes-int-or-string': true },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { format: 'quantity' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { type: 'string', format: 'micro-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { type: 'string', format: 'time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { 'x-kubernetes-preserve-unknown-fields': true },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Patch': { 'x-kubernetes-preserve-unknown-fields': true },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { 'x-kubernetes-preserve-unknown-fields': true },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': { 'x-kubernetes-preserve-unknown-fields': true },
  // Each is a schema or something simpler, and read by code (decode.ts).
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': { 'x-kubernetes-preserve-unknown-fields': true },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': { 'x-kubernetes-preserve-unknown-fields': true },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': {
    'x-kubernetes-preserve-unknown-fields': true,
  },
}

/** `v1.NodeSpec`, as Go's errors say it: package and type. */
const shortName = (name: string): string => name.split('.').slice(-2).join('.')

/**
 * The types with their `$ref`s followed. Recursive types (a schema within a schema) become cyclic objects, so do not walk them
 * without data to walk along. `title` is the type's name in Go, which decoding errors mention.
 */
export const linkTypes = (types: Readonly<Record<string, BuiltinType>>): ReadonlyMap<string, SchemaNode> => {
  const linked = new Map<string, SchemaNode>()

  const byName = (name: string): SchemaNode => {
    const known = linked.get(name)
    if (known !== undefined) return known
    const type = types[name]
    if (type === undefined) throw new Error(`no built-in type ${name}`)
    const node: SchemaNode = { title: shortName(name) }
    linked.set(name, node)
    return Object.assign(node, link(type), special[name])
  }

  /** For items and values of maps: a default there says nothing. And a copy made here could be of a recursive type not yet filled. */
  const element = ({ default: _, ...type }: BuiltinType): SchemaNode => link(type)

  const link = ({ $ref, properties, items, additionalProperties, ...words }: BuiltinType): SchemaNode => {
    if ($ref !== undefined) return Object.keys(words).length === 0 ? byName($ref) : { ...byName($ref), ...words }
    return {
      ...words,
      ...(properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties).map(([key, p]) => [key, link(p)])) }),
      ...(items === undefined ? {} : { items: element(items) }),
      ...(additionalProperties === undefined ? {} : { additionalProperties: element(additionalProperties) }),
    }
  }

  for (const name of Object.keys(types)) byName(name)
  return linked
}
