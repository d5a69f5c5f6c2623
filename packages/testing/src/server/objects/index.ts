export { type JsonObject, equal, isObject } from '../schema/json.ts'
export { at, deepFreeze, normalised, textAt, withAt } from './json.ts'
export { type Draft, type DraftMeta, type ManagedFields, type Owner, type StoredMeta, type StoredObject, draftOf } from './object.ts'
