import { type JsonObject, isObject } from './json.ts'

/** Something that completes an object; it answers its argument when there is nothing to do. */
export type Fill = (object: JsonObject) => JsonObject

/** Sets what is absent. */
export const fill =
  (values: JsonObject): Fill =>
  object => {
    const missing = Object.entries(values).filter(([key]) => object[key] === undefined || object[key] === null)
    return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) }
  }

/** Completes the object in a field. Where there is none, nothing happens, unless there is something `otherwise`. */
export const inside =
  (field: string, complete: Fill, otherwise?: JsonObject): Fill =>
  object => {
    const before = isObject(object[field]) ? object[field] : otherwise
    if (before === undefined) return object
    const after = complete(before)
    return after === object[field] ? object : { ...object, [field]: after }
  }

/** Completes each object of a list. */
export const items =
  (field: string, complete: Fill): Fill =>
  object => {
    const list = object[field]
    if (!Array.isArray(list)) return object
    const after = list.map((item: unknown) => (isObject(item) ? complete(item) : item))
    return after.every((item, i) => item === list[i]) ? object : { ...object, [field]: after }
  }

/** One after the other. */
export const all =
  (...steps: readonly Fill[]): Fill =>
  object =>
    steps.reduce((filled, step) => step(filled), object)
