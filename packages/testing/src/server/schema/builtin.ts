import data from './builtin-types.json' with { type: 'json' }
import type { ResourceDefinition, SchemaNode } from './definition.ts'
import { type BuiltinType, linkTypes } from './builtin-link.ts'

interface BuiltinResource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources: readonly string[]
  /** Name of its type in `types`. */
  readonly type: string
}

// Border: the file is written by scripts/builtin-types.ts; the compiler would read each of its words as a type of its own.
const { resources, types } = data as unknown as {
  readonly resources: readonly BuiltinResource[]
  readonly types: Readonly<Record<string, BuiltinType>>
}

/** The structure of the built-in types as the API server publishes it, `$ref`s by bare name. */
export const builtinTypes: Readonly<Record<string, BuiltinType>> = types

const linked: ReadonlyMap<string, SchemaNode> = linkTypes(types)

/** One of the published types by its full name (`io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`). */
export const builtinType = (name: string): SchemaNode => {
  const node = linked.get(name)
  if (node === undefined) throw new Error(`no built-in type ${name}`)
  return node
}

/** A schema within a CustomResourceDefinition. */
export const schemaType = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps'

export const objectMetaType = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/** The type's full name, for documents that refer to it by `$ref`; undefined for a custom kind. */
export const builtinTypeName = (group: string, version: string, kind: string): string | undefined =>
  resources.find(r => r.group === group && r.version === version && r.kind === kind)?.type

const definitionOf = (resource: BuiltinResource): ResourceDefinition => {
  const { type, subresources, shortNames = [], categories = [], ...facts } = resource
  const others = subresources.filter(name => name !== 'status' && name !== 'scale')
  return {
    ...facts,
    listKind: `${facts.kind}List`,
    shortNames,
    categories,
    subresources: {
      status: subresources.includes('status'),
      // No labelSelectorPath: their `spec.selector` is an object (in ReplicationController a plain map), not a string as in custom kinds.
      ...(subresources.includes('scale') ? { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } } : {}),
      ...(others.length === 0 ? {} : { others }),
    },
    schema: builtinType(type),
    columns: [],
    custom: false,
  }
}

const definitions: readonly ResourceDefinition[] = resources.map(definitionOf)

/** The built-in kinds that a world of nodes needs, in the order in which a kube-apiserver lists their groups. */
export const builtinDefinitions = (): readonly ResourceDefinition[] => definitions
