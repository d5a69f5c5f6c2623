import { builtinTypes, schemaType } from '../schema/builtin.ts'
import type { BuiltinType } from '../schema/builtin-link.ts'
import type { JsonObject, ResourceDefinition } from '../schema/index.ts'
import { customSchema, selectableOf } from './custom-schema.ts'
import { groupsWithOptions } from './delete-options.ts'
import { bodiesOf } from './paths.ts'
import { gvk, gvksOf, listTypeName, meta, prefixed, typeName, withReference } from './refs.ts'
import { words, wordsOfFields } from './words.ts'

/** All schemas that the kinds of a group and version need, and those that these refer to. */
export const schemasOf = (definitions: readonly ResourceDefinition[]): JsonObject => {
  const schemas = new Map<string, JsonObject>()
  for (const definition of definitions) {
    if (definition.custom) schemas.set(typeName(definition), customSchema(definition))
    schemas.set(listTypeName(definition), listSchema(definition))
  }
  const wanted = [...always, ...definitions.filter(d => !d.custom).map(typeName), ...definitions.flatMap(bodiesOf)]
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const type = builtinTypes[name]
    if (type !== undefined && !schemas.has(name)) schemas.set(name, builtinSchema(name, type, wanted, definitions))
  }
  return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const always = ['ObjectMeta', 'ListMeta', 'DeleteOptions', 'Status', 'Patch'].map(meta)

const builtinSchema = (name: string, type: BuiltinType, wanted: string[], definitions: readonly ResourceDefinition[]): JsonObject => ({
  ...published(type, wanted, name),
  ...gvksOfType(name, definitions),
})

/** In the words of any object, where the type is a kind. */
const wordsOf = (name: string, type: BuiltinType): Readonly<Record<string, string>> => {
  const { apiVersion, kind, metadata } = words
  return wordsOfFields[name] ?? (type['x-kubernetes-group-version-kind'] === undefined ? {} : { apiVersion, kind, metadata })
}

/** Two types belong to all groups: documents of a built-in group say so of their own, those of a custom one of all that there are. */
const gvksOfType = (name: string, definitions: readonly ResourceDefinition[]): JsonObject => {
  const own = [{ group: '', version: 'v1' }]
  if (name === meta('Status')) return { [gvk]: own.map(each => ({ ...each, kind: 'Status' })) }
  if (name !== meta('DeleteOptions')) return {}
  const [first] = definitions
  const others = first?.custom === true ? groupsWithOptions : first === undefined || first.group === '' ? [] : [first]
  return { [gvk]: [...own, ...others].map(({ group, version }) => ({ group, version, kind: 'DeleteOptions' })) }
}

const published = (
  { $ref, properties, items, additionalProperties, 'x-go-type': _type, 'x-go-zero': _zero, ...rest }: BuiltinType,
  wanted: string[],
  name?: string,
): JsonObject => {
  if ($ref !== undefined) {
    wanted.push($ref)
    return Object.keys(rest).length === 0 ? prefixed($ref) : withReference(rest, $ref)
  }
  const descriptions = name === undefined ? {} : wordsOf(name, rest)
  return {
    ...rest,
    ...(properties === undefined || Object.keys(properties).length === 0
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, property]) => [key, field(key, published(property, wanted), name, descriptions[key])]),
          ),
        }),
    ...(items === undefined ? {} : { items: published(items, wanted) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: published(additionalProperties, wanted) }),
  }
}

/** A description stands beside a reference, so that needs its allOf; in a schema's own schema only one of them has one. */
const field = (key: string, { $ref, ...rest }: JsonObject, type: string | undefined, description: string | undefined): JsonObject => ({
  ...(description === undefined ? {} : { description }),
  ...rest,
  ...($ref === undefined ? {} : type === schemaType && key !== 'default' ? { $ref } : { allOf: [{ $ref }] }),
})

const listSchema = (definition: ResourceDefinition): JsonObject => ({
  type: 'object',
  required: ['items'],
  ...(definition.custom ? { description: `${definition.listKind} is a list of ${definition.kind}` } : {}),
  properties: {
    apiVersion: { type: 'string', description: words.apiVersion },
    items: { type: 'array', description: words.items, items: prefixed(typeName(definition)) },
    kind: { type: 'string', description: words.kind },
    metadata: withReference({ description: words.listMetadata, ...(definition.custom ? {} : { default: {} }) }, meta('ListMeta')),
  },
  ...gvksOf({ ...definition, kind: definition.listKind }),
  ...selectableOf(definition),
})
