import { isObject } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import { type FieldSet, elementsOf, childOf, emptySet, leaf, withSelf } from './field-set.ts'
import { fieldElement } from './path-element.ts'
import { declaredField, elementsOfList, fieldOf, isAtomicMap, itemOf, itemsBy, kindOf } from './structure.ts'

/** The fields that a value says, as the one who applies it will own them. */
export const fieldSetOf = (schema: SchemaNode, value: unknown): FieldSet => inside(schema, value) ?? emptySet

/** `leaf` where the value is one thing to its owner; undefined where it says nothing. */
const inside = (schema: SchemaNode, value: unknown): FieldSet | undefined => {
  switch (kindOf(schema, value)) {
    case 'scalar':
      return leaf
    case 'list':
      return ofList(schema, Array.isArray(value) ? value : undefined)
    case 'map':
      return ofMap(schema, value)
  }
}

const ofList = (schema: SchemaNode, list: readonly unknown[] | undefined): FieldSet | undefined => {
  const by = itemsBy(schema)
  if (by === 'nothing') return leaf
  if (list === undefined || list.length === 0) return undefined
  const items = elementsOfList(schema, by, list)
  const result: Record<string, FieldSet> = {}
  for (const [element, item] of items) {
    // Items that cannot be told apart are one thing.
    const doubled = result[element] !== undefined
    result[element] = doubled ? leaf : withSelf(inside(itemOf(schema), item) ?? leaf)
  }
  return result
}

const ofMap = (schema: SchemaNode, value: unknown): FieldSet | undefined => {
  if (isAtomicMap(schema)) return leaf
  if (!isObject(value)) return undefined
  const result: Record<string, FieldSet> = {}
  for (const [name, child] of Object.entries(value)) {
    const set = inside(fieldOf(schema, name), child)
    const alone = child === null || (isObject(child) && Object.keys(child).length === 0) || declaredField(schema, name) === undefined
    if (alone) result[fieldElement(name)] = withSelf(set ?? leaf)
    else if (set !== undefined) result[fieldElement(name)] = set
  }
  return Object.keys(result).length === 0 ? undefined : result
}

/**
 * The set with every field of a struct that it goes through. A struct is there or not with what is in it, so where paths decide what
 * is taken away, it counts; entries of maps and items of lists have to be named.
 */
export const withNamedFields = (schema: SchemaNode, set: FieldSet): FieldSet => {
  const result: Record<string, FieldSet> = {}
  for (const element of elementsOf(set)) {
    const child = childOf(set, element) ?? leaf
    const below = withNamedFields(element.startsWith('f:') ? fieldOf(schema, element.slice(2)) : itemOf(schema), child)
    const named = element.startsWith('f:') && declaredField(schema, element.slice(2)) !== undefined
    result[element] = named ? withSelf(below) : below
  }
  return set['.'] === undefined ? result : { '.': leaf, ...result }
}
