import { type JsonObject, equal, isObject } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import { type FieldSet, leaf, withSelf } from './field-set.ts'
import { type PathElement, fieldElement } from './path-element.ts'
import { type Kind, elementsOfList, fieldOf, isAtomicMap, itemOf, itemsBy, kindOf } from './structure.ts'

/** Which fields differ between two states of an object. */
export interface Comparison {
  readonly added: FieldSet | undefined
  readonly modified: FieldSet | undefined
  readonly removed: FieldSet | undefined
}

/** Nobody owns what the server itself says about an object. */
const unowned: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
])
const none: ReadonlySet<string> = new Set()

/**
 * Compares two states, without the identity of the object and without the fields `skipped` at the top. Undefined when nothing differs.
 * What both share is not walked.
 */
export const compareObjects = (
  schema: SchemaNode,
  before: JsonObject,
  after: JsonObject,
  skipped: ReadonlySet<string> = none,
): Comparison | undefined => {
  let result: Comparison | undefined
  const field = (name: string): void => {
    if (name === 'apiVersion' || name === 'kind' || skipped.has(name)) return
    const [left, right] = [before[name], after[name]]
    const node = fieldOf(schema, name)
    const compared = name === 'metadata' ? compareMetadata(node, left, right) : compareValues(node, left, right)
    result = with_(result, fieldElement(name), compared)
  }
  for (const name of Object.keys(after)) field(name)
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) field(name)
  return result
}

const compareMetadata = (schema: SchemaNode, before: unknown, after: unknown): Comparison | undefined =>
  compareMaps(schema, isObject(before) ? before : leaf, isObject(after) ? after : leaf, unowned)

type Some = Record<string, unknown> | undefined

/** The comparison of a whole with that of one of its parts in it. */
const with_ = (whole: Comparison | undefined, element: PathElement, part: Comparison | undefined): Comparison | undefined => {
  if (part === undefined) return whole
  const put = (set: Some, node: FieldSet | undefined): Some => {
    if (node === undefined) return set
    const target = set ?? {}
    target[element] = node
    return target
  }
  // Sets under construction are nobody else's yet.
  const { added, modified, removed }: { readonly [K in keyof Comparison]: Some } = whole ?? nothing
  return { added: put(added, part.added), modified: put(modified, part.modified), removed: put(removed, part.removed) }
}

const nothing: Comparison = { added: undefined, modified: undefined, removed: undefined }
const leafAdded: Comparison = { ...nothing, added: leaf }
const leafModified: Comparison = { ...nothing, modified: leaf }
const leafRemoved: Comparison = { ...nothing, removed: leaf }

const compareLeaves = (before: unknown, after: unknown): Comparison | undefined => {
  if (before === undefined) return leafAdded
  if (after === undefined) return leafRemoved
  return equal(before, after) ? undefined : leafModified
}

/** Undefined stands for what is not there. */
const compareValues = (schema: SchemaNode, before: unknown, after: unknown): Comparison | undefined => {
  if (before === after) return undefined
  const kind = kindOf(schema, after ?? before)
  const other = before === undefined || after === undefined ? kind : kindOf(schema, before)
  if (kind === other) return compareAs(kind, schema, before, after)
  return both(compareAs(other, schema, before, after), compareAs(kind, schema, before, after))
}

const compareAs = (kind: Kind, schema: SchemaNode, before: unknown, after: unknown): Comparison | undefined => {
  if (kind === 'scalar') return compareLeaves(before, after)
  if (kind === 'list') {
    const [left, right] = [Array.isArray(before) ? before : empty, Array.isArray(after) ? after : empty]
    const by = itemsBy(schema)
    if (by === 'nothing' || (left.length === 0 && right.length === 0)) return compareLeaves(before, after)
    return own(compareLists(schema, by, left, right), before, after)
  }
  const [left, right] = [isObject(before) ? before : leaf, isObject(after) ? after : leaf]
  if (isAtomicMap(schema) || (Object.keys(left).length === 0 && Object.keys(right).length === 0)) return compareLeaves(before, after)
  return own(compareMaps(schema, left, right), before, after)
}

const empty: readonly unknown[] = []

/** A list or map that came or went did so together with what is in it. */
const own = (inside: Comparison | undefined, before: unknown, after: unknown): Comparison | undefined => {
  if (before === undefined) return { ...(inside ?? nothing), added: withSelf(inside?.added ?? leaf) }
  if (after === undefined) return { ...(inside ?? nothing), removed: withSelf(inside?.removed ?? leaf) }
  return inside
}

const both = (a: Comparison | undefined, b: Comparison | undefined): Comparison | undefined =>
  a === undefined
    ? b
    : b === undefined
      ? a
      : { added: b.added ?? a.added, modified: b.modified ?? a.modified, removed: b.removed ?? a.removed }

const compareMaps = (schema: SchemaNode, before: JsonObject, after: JsonObject, skipped = none): Comparison | undefined => {
  let result: Comparison | undefined
  for (const name of Object.keys(after)) {
    const [left, right] = [Object.hasOwn(before, name) ? before[name] : undefined, after[name]]
    if (left === right || skipped.has(name)) continue
    result = with_(result, fieldElement(name), compareValues(fieldOf(schema, name), left, right))
  }
  for (const name of Object.keys(before)) {
    if (Object.hasOwn(after, name) || skipped.has(name)) continue
    result = with_(result, fieldElement(name), compareValues(fieldOf(schema, name), before[name], undefined))
  }
  return result
}

const compareLists = (
  schema: SchemaNode,
  by: 'value' | readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
): Comparison | undefined => {
  const items = itemOf(schema)
  // The common case is the same items with another content here and there: elements are made for those alone.
  if (before.length === after.length) {
    const changed = before.flatMap((item, i) => (equal(item, after[i]) ? [] : [i]))
    if (changed.length === 0) return undefined
    const [left, right] = [before, after].map(list =>
      elementsOfList(
        schema,
        by,
        changed.map(i => list[i]),
      ),
    )
    if (left !== undefined && right?.length === left.length && left.every(([element], i) => element === right[i]?.[0])) {
      return left.reduce<Comparison | undefined>(
        (result, [element, item], i) => with_(result, element, compareValues(items, item, right[i]?.[1])),
        undefined,
      )
    }
  }
  const [left, right] = [grouped(elementsOfList(schema, by, before)), grouped(elementsOfList(schema, by, after))]
  let result: Comparison | undefined
  for (const element of new Set([...left.keys(), ...right.keys()]))
    result = with_(result, element, compareItems(items, left.get(element) ?? empty, right.get(element) ?? empty))
  return result
}

const grouped = (items: ReturnType<typeof elementsOfList>): ReadonlyMap<PathElement, readonly unknown[]> => {
  const groups = new Map<PathElement, unknown[]>()
  for (const [element, item] of items) {
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [item])
    else group.push(item)
  }
  return groups
}

/** Items with one element: one on each side, if clients behave; several of them are owned as one. */
const compareItems = (schema: SchemaNode, before: readonly unknown[], after: readonly unknown[]): Comparison | undefined => {
  if (before.length <= 1 && after.length <= 1) return compareValues(schema, before[0], after[0])
  if (before.length >= 2 && after.length >= 2) return equal(before, after) ? undefined : leafModified
  if (before.length >= 2) {
    const come = after.length === 0 ? undefined : compareValues(schema, undefined, after[0])
    return { ...(come ?? nothing), removed: leaf }
  }
  const gone = before.length === 0 ? undefined : compareValues(schema, before[0], undefined)
  return { ...(gone ?? nothing), added: leaf }
}
