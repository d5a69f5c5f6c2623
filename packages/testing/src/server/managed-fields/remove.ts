import { type JsonObject, isObject } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import { type FieldSet, childOf, elementsOf, isMember } from './field-set.ts'
import { fieldElement } from './path-element.ts'
import { elementOfItem, fieldOf, isAtomicMap, itemOf, itemsBy, kindOf, NoElement } from './structure.ts'

/** The object without these fields. */
export const removeFields = (schema: SchemaNode, object: JsonObject, fields: FieldSet): JsonObject => {
  const rest = remaining(schema, object, fields)
  return isObject(rest) ? rest : {}
}

/** Null when nothing of the value remains, as Go writes an empty interface. */
const remaining = (schema: SchemaNode, value: unknown, fields: FieldSet): unknown => {
  if (elementsOf(fields).length === 0) return value
  switch (kindOf(schema, value)) {
    case 'scalar':
      return value
    case 'list':
      return Array.isArray(value) ? ofList(schema, value, fields) : null
    case 'map':
      return isObject(value) ? ofMap(schema, value, fields) : null
  }
}

const ofMap = (schema: SchemaNode, map: JsonObject, fields: FieldSet): unknown => {
  if (isAtomicMap(schema)) return null
  const rest = Object.entries(map).flatMap(([name, child]) => {
    const node = childOf(fields, fieldElement(name))
    if (node === undefined) return [[name, child] as const]
    return isMember(node) ? [] : [[name, remaining(fieldOf(schema, name), child, node)] as const]
  })
  return rest.length === 0 ? null : Object.fromEntries(rest)
}

const ofList = (schema: SchemaNode, list: readonly unknown[], fields: FieldSet): unknown => {
  const by = itemsBy(schema)
  if (by === 'nothing') return null
  const rest = list.flatMap(item => {
    const node = childOf(fields, elementOrNothing(schema, by, item))
    if (node === undefined) return [item]
    return isMember(node) ? [] : [remaining(itemOf(schema), item, node)]
  })
  return rest.length === 0 ? null : rest
}

const elementOrNothing = (schema: SchemaNode, by: 'value' | readonly string[], item: unknown): string => {
  try {
    return elementOfItem(schema, by, item)
  } catch (error) {
    if (error instanceof NoElement) return ''
    throw error
  }
}
