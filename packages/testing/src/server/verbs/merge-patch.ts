import { type JsonObject, isObject } from '../objects/index.ts'

/** RFC 7386. The inputs are not changed; parts that the patch does not touch are shared. */
export const mergePatch = (target: JsonObject, patch: JsonObject): JsonObject => {
  const merged = new Map(Object.entries(target))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else if (isObject(value)) {
      const before = merged.get(key)
      merged.set(key, mergePatch(isObject(before) ? before : {}, value))
    } else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}
