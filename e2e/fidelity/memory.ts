import type { Fields, Target, Value } from './script.ts'

/**
 * What one server has said in one script, so that later steps can speak of it in the server's own words. Markers stand for it:
 * - `{"$seen": "configmaps/x/a", "at": ["metadata", "uid"], "back": 1, "or": "none"}`: a field of the object as it was answered
 *   last but one;
 * - `{"$edit": "configmaps/x/a", "back": 0, "merge": {...}, "or": {...}}`: that object with a merge patch over it, as a client
 *   that read it would send;
 * - `{"$list": "configmaps", "at": ["resourceVersion"], "back": 0, "or": ""}`: a field of the metadata of a list of this kind.
 * `or` is taken when there was no such answer: after shrinking, a step may have lost what it spoke of.
 */
export interface Memory {
  note(target: Target, body: unknown): void
  resolve(value: Value): Value
}

/** A scalar as text; an object or a list as JSON. */
export const spell = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

export const keyOf = ({ resource, ns, name }: Target): string => [resource, ns ?? '-', name ?? ''].join('/')

export const valueAt = (value: Value | undefined, path: readonly string[]): Value | undefined =>
  path.reduce<Value | undefined>((v, key) => (isFields(v) && Object.hasOwn(v, key) ? v[key] : undefined), value)

const mergePatch = (target: Value | undefined, patch: Value): Value => {
  if (!isFields(patch)) return patch
  const merged = new Map<string, Value>(isFields(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '')
const pathOf = (value: Value | undefined): readonly string[] => (Array.isArray(value) ? value.map(String) : [])
const countOf = (value: Value | undefined): number => (typeof value === 'number' ? value : 0)

export const createMemory = (): Memory => {
  const objects = new Map<string, Fields[]>()
  const lists = new Map<string, Fields[]>()
  const push = (into: Map<string, Fields[]>, key: string, value: Fields): void => {
    const known = into.get(key)
    if (known === undefined) into.set(key, [value])
    else known.push(value)
  }
  const resolve = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(resolve)
    if (!isFields(value)) return value
    const { $seen, $edit, $list, at, back, or = null, merge = {} } = value
    const known = objects.get(textOf($seen) || textOf($edit)) ?? lists.get(textOf($list))
    const found = known?.at(-1 - countOf(back))
    if ($edit !== undefined) return mergePatch(found ?? resolve(or), resolve(merge))
    if ($seen !== undefined || $list !== undefined) return valueAt(found, pathOf(at)) ?? resolve(or)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]))
  }
  return {
    note: (target, body) => {
      if (!isFields(body)) return
      const { metadata, kind, items } = body
      if (!isFields(metadata)) return
      if (Array.isArray(items)) push(lists, target.resource, metadata)
      else if (
        kind !== 'Status' &&
        kind !== 'Table' &&
        kind !== 'PartialObjectMetadata' &&
        target.sub !== 'scale' &&
        target.sub !== 'eviction'
      ) {
        const name = textOf(metadata['name'])
        push(objects, keyOf({ ...target, name: target.name ?? name.replace(/^f\d+-/, '') }), body)
      }
    },
    resolve,
  }
}
