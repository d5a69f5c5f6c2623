import { type JsonObject, isObject } from '../objects/index.ts'

/**
 * RFC 7386, with kube-apiserver's own addition: objects within a list that the patch brings lose their nulls, too, unless the list takes
 * the place of an object. The inputs are not changed; parts that the patch does not touch are shared.
 */
export const mergePatch = (target: JsonObject, patch: JsonObject): JsonObject => {
  const merged = new Map(Object.entries(target))
  for (const [key, value] of Object.entries(patch)) {
    const before = merged.get(key)
    if (value === null) merged.delete(key)
    else if (isObject(value)) merged.set(key, mergePatch(isObject(before) ? before : {}, value))
    else merged.set(key, isObject(before) ? value : withoutNulls(value))
  }
  return Object.fromEntries(merged)
}

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  return isObject(value) ? mergePatch({}, value) : value
}
