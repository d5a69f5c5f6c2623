import type { Cause, SchemaNode } from './definition.ts'
import { duplicate, invalid } from './field-error.ts'
import { isObject, own } from './json.ts'
import { goJson } from './quote.ts'

/** Items that must be unique by the list's type (`set`: the whole item, `map`: its keys) and are not: one cause for each that repeats. */
export const validateLists = (schema: SchemaNode, value: unknown, path: string = ''): readonly Cause[] => {
  if (Array.isArray(value)) {
    const { items } = schema
    return [
      ...validateList(schema, value, path),
      ...(items === undefined ? [] : value.flatMap((item: unknown, i) => validateLists(items, item, `${path}[${i}]`))),
    ]
  }
  if (!isObject(value)) return []
  const { properties, additionalProperties } = schema
  return Object.entries(value).flatMap(([key, child]) => {
    const node = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
    if (node !== undefined) return validateLists(node, child, path === '' ? key : `${path}.${key}`)
    return typeof additionalProperties === 'object' ? validateLists(additionalProperties, child, `${path}[${key}]`) : []
  })
}

const validateList = (schema: SchemaNode, items: readonly unknown[], path: string): readonly Cause[] => {
  const type = schema['x-kubernetes-list-type']
  if (type === 'set') return seconds(items).map(i => duplicate(`${path}[${i}]`, items[i]))
  if (type !== 'map') return []
  const odd = items.findIndex(item => item !== null && !isObject(item))
  if (odd >= 0) return [invalid(`${path}[${odd}]`, items[odd], 'must be an object for an array of list-type map')]
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const identities = items.map(item =>
    isObject(item) ? Object.fromEntries(keys.filter(key => Object.hasOwn(item, key)).map(key => [key, own(item, key)])) : {},
  )
  return seconds(identities).map(i => duplicate(`${path}[${i}]`, identities[i]))
}

/** Where a value stands for the second time; further repetitions are not reported. */
const seconds = (values: readonly unknown[]): readonly number[] => {
  if (values.length < 2) return []
  const seen = new Map<string, number>()
  return values.flatMap((value, i) => {
    const text = goJson(value)
    const times = seen.get(text) ?? 0
    seen.set(text, times + 1)
    return times === 1 ? [i] : []
  })
}
