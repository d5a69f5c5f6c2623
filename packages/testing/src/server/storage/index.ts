export type { Backup } from './backup.ts'
export { type Listener, type Snapshot, Collection, keyOf } from './collection.ts'
export { type Change, History } from './history.ts'
export { type Observer, type ResourceName, Storage } from './storage.ts'
