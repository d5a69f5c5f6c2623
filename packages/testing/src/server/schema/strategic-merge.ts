import type { SchemaNode } from './definition.ts'
import { schemaOfField } from './correlation.ts'
import { type JsonObject, equal, isObject, own, setOwn } from './json.ts'
import { goPrint } from './quote.ts'
import { orderedLike } from './strategic-order.ts'

/** The patch itself is wrong. `status` is what the API server answers: 400 for a bad format, 500 for the rest. */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError'
  readonly status: 400 | 500
  constructor(status: 400 | 500, message: string) {
    super(message)
    this.status = status
  }
}

const directive = '$patch'
const retainKeys = '$retainKeys'
const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

/**
 * A strategic merge patch applied. Lists merge by the schema's patch merge key, lists of scalars with strategy `merge` as sets, others
 * are replaced; what the schema does not know merges as a JSON merge patch does. Neither argument is changed.
 *
 * @throws StrategicMergeError for directives that do not fit and items without their merge key.
 */
export const strategicMerge = (schema: SchemaNode | undefined, original: JsonObject, patch: JsonObject): JsonObject => {
  if (Object.hasOwn(patch, directive)) return replaced(patch)
  const result: Record<string, unknown> = retained(original, patch)
  const done = new Set<string>([retainKeys])
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(orderPrefix)) continue
    const field = key.slice(orderPrefix.length)
    done.add(key).add(field)
    const list = mergeInOrder(fieldSchema(schema, field), field, own(result, field), own(patch, field), order)
    if (list !== undefined) setOwn(result, field, list)
  }
  for (const [key, value] of Object.entries(patch)) {
    if (done.has(key)) continue
    if (key.startsWith(deletePrefix)) deleteItems(result, key.slice(deletePrefix.length), value)
    else mergeField(fieldSchema(schema, key), result, key, value)
  }
  return result
}

const fieldSchema = (schema: SchemaNode | undefined, key: string): SchemaNode | undefined =>
  schema === undefined ? undefined : schemaOfField(schema, key)

const replaced = ({ [directive]: how, ...rest }: JsonObject): JsonObject => {
  if (how === 'replace') return rest
  if (how === 'delete') return {}
  throw new StrategicMergeError(500, `unknown patch type: ${goPrint(how)} in map: ${goPrint({ ...rest, [directive]: how })}`)
}

/** `$retainKeys` names all fields that may stay; a patch that sets another contradicts itself. */
const retained = (original: JsonObject, patch: JsonObject): Record<string, unknown> => {
  const keys = own(patch, retainKeys)
  if (keys === undefined) return { ...original }
  const kept = new Set<unknown>(Array.isArray(keys) ? keys : [])
  const others = Object.entries(patch).filter(
    ([key, value]) => key !== retainKeys && value !== null && !key.startsWith(deletePrefix) && !key.startsWith(orderPrefix),
  )
  if (!Array.isArray(keys) || others.some(([key]) => !kept.has(key)))
    throw new StrategicMergeError(400, 'invalid patch format of retainKeys')
  return Object.fromEntries(Object.entries(original).filter(([key]) => kept.has(key)))
}

const mergeField = (schema: SchemaNode | undefined, result: Record<string, unknown>, key: string, value: unknown): void => {
  if (value === null) {
    delete result[key]
    return
  }
  const before = own(result, key)
  const merged = mergeValue(schema, key, before, value)
  if (merged === undefined) delete result[key]
  else setOwn(result, key, merged)
}

/** Undefined: nothing remains. */
const mergeValue = (schema: SchemaNode | undefined, field: string, before: unknown, value: unknown): unknown => {
  const strategy = (schema?.['x-kubernetes-patch-strategy'] ?? '').split(',').find(part => part !== 'retainKeys') ?? ''
  if (isObject(before) && isObject(value)) return strategy === 'replace' ? value : strategicMerge(schema, before, value)
  if (Array.isArray(before) && Array.isArray(value)) return strategy === 'merge' ? mergeList(schema, field, before, value) : value
  return withoutDirectives(withoutNulls(value))
}

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]) => [key, withoutNulls(child)]),
  )
}

/** What is new has nothing to be merged with: its directives go, and with a `$patch` the whole thing. */
const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter(item => item !== undefined)
  if (!isObject(value)) return value
  if (Object.hasOwn(value, directive)) return undefined
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => [key, withoutDirectives(child)] as const)
      .filter(([, child]) => child !== undefined),
  )
}

const deleteItems = (result: Record<string, unknown>, field: string, items: unknown): void => {
  const before = own(result, field)
  if (!Array.isArray(before) || !Array.isArray(items)) return
  setOwn(
    result,
    field,
    before.filter((item: unknown) => !items.some((gone: unknown) => equal(gone, item))),
  )
}

const mergeList = (
  schema: SchemaNode | undefined,
  field: string,
  before: readonly unknown[],
  patch: readonly unknown[],
): readonly unknown[] => {
  if (before.length === 0 && patch.length === 0) return before
  if (!isObject(before[0] ?? patch[0])) {
    const all = [...before, ...patch]
    const merged = all.filter((item, i) => all.findIndex(other => equal(other, item)) === i)
    return orderedLike(merged, patch, before, undefined)
  }
  const key = schema?.['x-kubernetes-patch-merge-key']
  if (key === undefined) throw new StrategicMergeError(500, `cannot merge lists without merge key for ${field}`)
  const { base, items } = withSpecialItems(before, patch.map(asItem), key)
  const merged = [...base]
  for (const item of items) {
    const value = keyOf(item, key)
    const at = merged.findIndex(other => isObject(other) && equal(own(other, key), value))
    const found = merged[at]
    if (isObject(found)) merged[at] = strategicMerge(schema?.items, found, item)
    else merged.push(item)
  }
  return orderedLike(merged, items, before, key)
}

const asItem = (item: unknown, i: number): JsonObject => {
  if (!isObject(item)) throw new StrategicMergeError(500, `value for key ${i} is not a map`)
  return item
}

const keyOf = (item: JsonObject, key: string): unknown => {
  if (!Object.hasOwn(item, key)) throw new StrategicMergeError(500, `map: ${goPrint(item)} does not contain declared merge key: ${key}`)
  return item[key]
}

/** `$patch: delete` takes the item of its key away, one `$patch: replace` the whole old list. */
const withSpecialItems = (
  before: readonly unknown[],
  patch: readonly JsonObject[],
  key: string,
): { readonly base: readonly unknown[]; readonly items: readonly JsonObject[] } => {
  const plain = patch.filter(item => !Object.hasOwn(item, directive))
  let base = before
  for (const item of patch) {
    const how = own(item, directive)
    if (how === undefined) continue
    if (how === 'delete') {
      const value = keyOf(item, key)
      base = base.filter(other => !(isObject(other) && equal(own(other, key), value)))
    } else if (how === 'merge') throw new StrategicMergeError(500, 'merging lists cannot yet be specified in the patch')
    else if (how !== 'replace') throw new StrategicMergeError(500, `unknown patch type: ${goPrint(how)} in map: ${goPrint(item)}`)
  }
  return patch.some(item => own(item, directive) === 'replace') ? { base: plain, items: [] } : { base, items: plain }
}

/** `$setElementOrder/field`: the list merged, then put into that order. Undefined where there is no list at all. */
const mergeInOrder = (
  schema: SchemaNode | undefined,
  field: string,
  before: unknown,
  patch: unknown,
  order: unknown,
): readonly unknown[] | undefined => {
  if (!Array.isArray(order) || (patch !== undefined && !Array.isArray(patch)) || (before !== undefined && !Array.isArray(before))) {
    throw new StrategicMergeError(400, 'invalid patch format of setElementOrder list')
  }
  const key = schema?.['x-kubernetes-patch-merge-key']
  checkOrder(patch ?? [], order, field, key)
  if (before === undefined && patch === undefined) return undefined
  const merged = patch === undefined ? (before ?? []) : mergeValue(schema, field, before, patch)
  return Array.isArray(merged) ? orderedLike(merged, order, before ?? [], key) : undefined
}

/** Items of the patch must stand in the order list, in the same order. */
const checkOrder = (patch: readonly unknown[], order: readonly unknown[], field: string, key: string | undefined): void => {
  const identity = (item: unknown): unknown => (key === undefined || !isObject(item) ? item : keyOf(item, key))
  let at = 0
  if (order.length === 0) return
  for (const item of patch) {
    if (isObject(item) && Object.hasOwn(item, directive)) continue
    while (at < order.length && !equal(identity(order[at]), identity(item))) at += 1
    if (at >= order.length) {
      throw new StrategicMergeError(
        500,
        `The order in patch list:\n${goPrint(patch)}\n doesn't match $setElementOrder list:\n${goPrint(order)}\n`,
      )
    }
    at += 1
  }
}
