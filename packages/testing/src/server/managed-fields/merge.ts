import { type JsonObject, isObject } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import type { PathElement } from './path-element.ts'
import { elementsOfList, fieldOf, isAtomicMap, itemOf, itemsBy, kindOf } from './structure.ts'

/** What an applier wants, merged over what is there. */
export const mergeObjects = (schema: SchemaNode, live: JsonObject, wanted: JsonObject): JsonObject => {
  const merged = mergeMaps(schema, live, wanted)
  return isObject(merged) ? merged : {}
}

/** Undefined stands for what is not there; an answer of undefined for what vanishes, being empty. */
const mergeValues = (schema: SchemaNode, live: unknown, wanted: unknown): unknown => {
  switch (kindOf(schema, wanted === undefined ? live : wanted)) {
    case 'scalar':
      return wanted === undefined ? live : wanted
    case 'list': {
      const [own, items] = [Array.isArray(live) ? live : [], Array.isArray(wanted) ? wanted : []]
      const by = itemsBy(schema)
      if (by === 'nothing' || (own.length === 0 && items.length === 0)) return wanted === undefined ? live : wanted
      return mergeLists(schema, by, own, items)
    }
    case 'map': {
      const [own, fields] = [isObject(live) ? live : {}, isObject(wanted) ? wanted : {}]
      const alone = Object.keys(own).length === 0 && Object.keys(fields).length === 0
      return isAtomicMap(schema) || alone ? (wanted === undefined ? live : wanted) : mergeMaps(schema, own, fields)
    }
  }
}

const mergeMaps = (schema: SchemaNode, live: JsonObject, wanted: JsonObject): unknown => {
  const merged = new Map<string, unknown>()
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) merged.set(name, value)
  }
  for (const [name, value] of Object.entries(live))
    put(name, Object.hasOwn(wanted, name) ? mergeValues(fieldOf(schema, name), value, wanted[name]) : value)
  for (const [name, value] of Object.entries(wanted))
    if (!Object.hasOwn(live, name)) put(name, mergeValues(fieldOf(schema, name), undefined, value))
  return merged.size === 0 ? undefined : Object.fromEntries(merged)
}

interface Item {
  readonly element: PathElement
  readonly value: unknown
}

/**
 * Items in the order of the applier where it names them; the others stay where they stood. The walk along both lists is the API
 * server's (structured-merge-diff 6.4): an item of the live list that is wanted later waits until its turn has come in the wanted list.
 */
const mergeLists = (
  schema: SchemaNode,
  by: 'value' | readonly string[],
  live: readonly unknown[],
  wanted: readonly unknown[],
): readonly unknown[] | undefined => {
  const left = itemsOf(schema, by, live)
  const right = itemsOf(schema, by, wanted)
  const inWanted = new Map(right.map(({ element, value }) => [element, value]))
  const inLive = new Map<PathElement, unknown>()
  // Of several with one element none is merged into.
  for (const { element, value } of left) inLive.set(element, inLive.has(element) ? undefined : value)
  const shared = right.filter(({ element }) => inLive.has(element)).map(({ element }) => element)
  const done = new Set<PathElement>()
  const merged: unknown[] = []
  const put = (own: unknown, change: unknown): void => {
    const value = mergeValues(itemOf(schema), own, change)
    if (value !== undefined) merged.push(value)
  }
  let next = shared.shift()
  let [l, r] = [0, 0]
  while (l < left.length || r < right.length) {
    const [own, change] = [left[l], right[r]]
    if (own !== undefined && change !== undefined) {
      if (own.element === change.element) {
        done.add(own.element)
        put(inLive.get(own.element), change.value)
        l += 1
        r += 1
        next = shared.shift()
        continue
      }
      if (inWanted.has(own.element) && next !== undefined && next !== own.element) {
        l += 1
        continue
      }
    }
    if (own !== undefined) {
      if (!inWanted.has(own.element)) {
        put(own.value, undefined)
        l += 1
        continue
      }
      if (done.has(own.element)) l += 1
    }
    if (change === undefined) continue
    done.add(change.element)
    put(inLive.get(change.element), change.value)
    r += 1
    if (next === change.element) next = shared.shift()
  }
  return merged.length === 0 ? undefined : merged
}

const itemsOf = (schema: SchemaNode, by: 'value' | readonly string[], list: readonly unknown[]): readonly Item[] =>
  elementsOfList(schema, by, list).map(([element, value]) => ({ element, value }))
