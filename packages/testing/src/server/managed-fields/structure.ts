import { type JsonObject, isObject } from '../objects/index.ts'
import { type SchemaNode, builtinType, objectMetaType } from '../schema/index.ts'
import { type PathElement, keyElement, valueElement } from './path-element.ts'

/** What a value is to the managers of its fields. */
export type Kind = 'map' | 'list' | 'scalar'

/** A value of which nothing is known: maps field by field, lists as a whole. */
export const unknownStructure: SchemaNode = {}

/** By the value where the schema allows its kind, else by the schema. Null is whatever the schema says first. */
export const kindOf = (schema: SchemaNode, value: unknown): Kind => {
  const declared = declaredKind(schema)
  if (declared !== undefined) return declared
  if (Array.isArray(value)) return 'list'
  return isObject(value) || value === null ? 'map' : 'scalar'
}

/** Undefined where the schema leaves it open. */
export const declaredKind = ({ type }: SchemaNode): Kind | undefined => {
  switch (type) {
    case undefined:
      return undefined
    case 'object':
      return 'map'
    case 'array':
      return 'list'
    default:
      return 'scalar'
  }
}

/** Such a map has one owner for all that is in it. */
export const isAtomicMap = (schema: SchemaNode): boolean =>
  schema['x-kubernetes-map-type'] === 'atomic' || schema.title === 'runtime.RawExtension'

/** How items of a list are told apart: not at all, by their values, or by these keys. Old types say it in the words of strategic merge. */
export const itemsBy = (schema: SchemaNode): 'nothing' | 'value' | readonly string[] => {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return 'value'
    case 'map':
      return schema['x-kubernetes-list-map-keys'] ?? 'value'
    case 'atomic':
      return 'nothing'
    default: {
      const strategy = schema['x-kubernetes-patch-strategy']
      if (strategy !== 'merge' && strategy !== 'merge,retainKeys') return 'nothing'
      const key = schema['x-kubernetes-patch-merge-key']
      return key === undefined ? 'value' : [key]
    }
  }
}

export const isAtomicList = (schema: SchemaNode): boolean => itemsBy(schema) === 'nothing'

/** A field that the schema names, in contrast to a key of a map; undefined when it does not. */
export const declaredField = (schema: SchemaNode, name: string): SchemaNode | undefined => {
  if (schema['x-kubernetes-embedded-resource'] === true) {
    if (name === 'metadata') return builtinType(objectMetaType)
    if (name === 'apiVersion' || name === 'kind') return text
  }
  const { properties } = schema
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined
}

const text: SchemaNode = { type: 'string' }

export const fieldOf = (schema: SchemaNode, name: string): SchemaNode => {
  const declared = declaredField(schema, name)
  if (declared !== undefined) return declared
  const { additionalProperties } = schema
  return typeof additionalProperties === 'object' ? additionalProperties : unknownStructure
}

export const itemOf = (schema: SchemaNode): SchemaNode => schema.items ?? unknownStructure

/** What is wrong with an item that cannot be told from others. */
export class NoElement extends Error {}

/** @throws NoElement for an item without any of the keys, or of a kind that the list cannot hold. */
export const elementOfItem = (schema: SchemaNode, by: 'value' | readonly string[], item: unknown): PathElement => {
  if (by === 'value') {
    if (isObject(item)) throw new NoElement("associative list without keys has an element that's a map type")
    if (Array.isArray(item)) throw new NoElement('not supported: associative list with lists as elements')
    if (item === null) throw new NoElement("associative list without keys has an element that's an explicit null")
    return valueElement(item)
  }
  if (item === null) throw new NoElement('associative list with keys may not have a null element')
  if (!isObject(item)) throw new NoElement('associative list with keys may not have non-map elements')
  const keys = keysOf(itemOf(schema), by, item)
  if (keys === undefined)
    throw new NoElement(
      `associative list with keys has an element that omits all key fields [${by.map(key => JSON.stringify(key)).join(' ')}] ` +
        `(and doesn't have default values for any key fields)`,
    )
  return keyElement(keys)
}

const keysOf = (schema: SchemaNode, names: readonly string[], item: JsonObject): JsonObject | undefined => {
  const keys: Record<string, unknown> = {}
  let found = false
  for (const name of names) {
    const value = Object.hasOwn(item, name) ? item[name] : declaredField(schema, name)?.default
    if (value === undefined) continue
    keys[name] = value
    found = true
  }
  return found ? keys : undefined
}

/** The items with their elements; those that have none are left out. */
export const elementsOfList = (
  schema: SchemaNode,
  by: 'value' | readonly string[],
  list: readonly unknown[],
): readonly (readonly [element: PathElement, item: unknown])[] =>
  list.flatMap(item => {
    try {
      return [[elementOfItem(schema, by, item), item] as const]
    } catch (error) {
      if (error instanceof NoElement) return []
      throw error
    }
  })
