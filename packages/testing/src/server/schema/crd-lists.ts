import type { Cause, SchemaNode } from './definition.ts'
import { forbidden, invalid, notSupported, required } from './field-error.ts'

const listTypes: readonly string[] = ['atomic', 'set', 'map']
const mapTypes: readonly string[] = ['atomic', 'granular']

/** Where some word stands, the type has to be the one that it speaks of. */
export const mustBe = (type: string, node: SchemaNode, path: string, condition: string): readonly Cause[] => {
  if (node.type === type) return []
  const words = `must be ${type} if ${condition}`
  return [node.type ? invalid(`${path}.type`, node.type, words) : required(`${path}.type`, words)]
}

/** What is wrong with the words about lists and maps of a node. */
export const validateLists = (node: SchemaNode, path: string): readonly Cause[] => {
  const causes: Cause[] = []
  const listType = node['x-kubernetes-list-type']
  const mapType = node['x-kubernetes-map-type']
  const keys = node['x-kubernetes-list-map-keys'] ?? []
  if (mapType !== undefined) {
    causes.push(...mustBe('object', node, path, 'x-kubernetes-map-type is specified'))
    if (!mapTypes.includes(mapType)) causes.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, mapTypes))
  }
  if (listType !== undefined) {
    causes.push(...mustBe('array', node, path, 'x-kubernetes-list-type is specified'))
    if (!listTypes.includes(listType)) causes.push(notSupported(`${path}.x-kubernetes-list-type`, listType, listTypes))
  }
  if (keys.length > 0 && listType !== 'map') {
    causes.push(required(`${path}.x-kubernetes-list-type`, 'must be map if x-kubernetes-list-map-keys is non-empty'))
  }
  if (node.items?.nullable === true && (listType === 'set' || listType === 'map'))
    causes.push(forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`))
  if (listType === 'set' && (node.items?.type === 'object' || node.items?.type === 'array'))
    causes.push(...validateSetItems(node.items, `${path}.items`))
  if (listType === 'map' && node.type === 'array') causes.push(...validateMapKeys(node, keys, path))
  return causes
}

/** Items of a set count as a whole, so they must be owned as a whole: lists are unless they say otherwise. */
const validateSetItems = (items: SchemaNode, path: string): readonly Cause[] => {
  const word = items.type === 'object' ? 'x-kubernetes-map-type' : 'x-kubernetes-list-type'
  const listType = items['x-kubernetes-list-type']
  if (items[word] === 'atomic' || (items.type === 'array' && listType === undefined)) return []
  // Of both kube-apiserver 1.37 shows the list type.
  return [invalid(`${path}.${word}`, listType ?? null, 'must be atomic as item of a list with x-kubernetes-list-type=set')]
}

const validateMapKeys = (node: SchemaNode, keys: readonly string[], path: string): readonly Cause[] => {
  const field = `${path}.x-kubernetes-list-map-keys`
  const items = node.items ?? {}
  const noKeys = keys.length === 0 ? [required(field, 'must not be empty if x-kubernetes-list-type is map')] : []
  if (items.type !== 'object')
    return [...noKeys, invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")]
  if (keys.length === 0) return noKeys
  if (keys.some(key => items.properties?.[key] === undefined)) return [invalid(field, keys, 'entries must all be names of item properties')]
  const nested = keys.filter(key => ['array', 'object'].includes(items.properties?.[key]?.type ?? ''))
  const complaint = "must be a scalar type if parent array's x-kubernetes-list-type is map"
  return [
    ...nested.map(key => invalid(`${path}.items.properties[${key}].type`, items.type, complaint)),
    ...(new Set(keys).size === keys.length ? [] : [invalid(field, keys, 'must not contain duplicate entries')]),
    ...[...new Set(keys)].flatMap(key =>
      items.properties?.[key]?.nullable === true
        ? [
            forbidden(
              `${path}.items.properties[${key}].nullable`,
              'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
            ),
          ]
        : [],
    ),
    ...[...new Set(keys)].flatMap(key =>
      items.required?.includes(key) === true || items.properties?.[key]?.default !== undefined
        ? []
        : [
            required(
              `${path}.items.properties[${key}].default`,
              'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
            ),
          ],
    ),
  ]
}
