import type { StoredObject } from '../objects/index.ts'
import { type Change, History } from './history.ts'

/** Order and identity of an object within its kind, as etcd's keys have it: `name` or `namespace/name`. */
export const keyOf = (namespace: string | undefined, name: string): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`

/** Who wants to know that there is something new to read in the history. */
export interface Listener {
  wake(): void
  /** The kind is no longer served. */
  end(): void
}

/** Objects as they stood together at one revision, in order of their keys. */
export interface Snapshot {
  readonly revision: number
  readonly keys: readonly string[]
  readonly objects: readonly StoredObject[]
}

const keptSnapshots = 4

/** All objects of one kind, and their recent past. */
export class Collection {
  readonly history: History
  readonly #objects = new Map<string, StoredObject>()
  readonly #listeners = new Set<Listener>()
  #sortedKeys: readonly string[] | undefined
  #snapshots: Snapshot[] = []

  constructor(historySize: number) {
    this.history = new History(historySize)
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key)
  }

  values(): IterableIterator<StoredObject> {
    return this.#objects.values()
  }

  apply(key: string, change: Change): void {
    if (change.type === 'DELETED') this.#objects.delete(key)
    else this.#objects.set(key, change.object)
    if (change.type !== 'MODIFIED') this.#sortedKeys = undefined
    this.history.push(change)
    for (const listener of this.#listeners) listener.wake()
  }

  /** Puts others in the place of objects, under the same versions: nothing has happened, they only read otherwise. */
  reread(read: (object: StoredObject) => StoredObject): void {
    for (const [key, object] of this.#objects) this.#objects.set(key, read(object))
    this.#snapshots = []
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    for (const listener of [...this.#listeners]) listener.end()
  }

  /** How things stand now; `revision` is the store's. */
  now(revision: number): Snapshot {
    const latest = this.#snapshots.at(-1)
    const unchanged =
      latest !== undefined && latest.revision >= this.history.compacted && this.history.after(latest.revision) === this.history.end
    if (unchanged && latest.revision === revision) return latest
    const keys = unchanged ? latest.keys : (this.#sortedKeys ??= [...this.#objects.keys()].sort())
    const objects = unchanged ? latest.objects : keys.flatMap(key => this.#objects.get(key) ?? [])
    return this.#keep({ revision, keys, objects })
  }

  /** How things stood at an earlier revision; undefined when that is compacted. */
  asOf(revision: number): Snapshot | undefined {
    const kept = this.#snapshots.find(snapshot => snapshot.revision === revision)
    if (kept !== undefined) return revision < this.history.compacted ? undefined : kept
    if (revision < this.history.compacted) return undefined
    const objects = new Map(this.#objects)
    for (let position = this.history.end - 1; position >= this.history.first; position -= 1) {
      const change = this.history.at(position)
      if (change === undefined || change.revision <= revision) break
      const key = keyOf(change.object.metadata.namespace, change.object.metadata.name)
      if (change.previous === undefined) objects.delete(key)
      else objects.set(key, change.previous)
    }
    const keys = [...objects.keys()].sort()
    return this.#keep({ revision, keys, objects: keys.flatMap(key => objects.get(key) ?? []) })
  }

  #keep(snapshot: Snapshot): Snapshot {
    this.#snapshots = [...this.#snapshots.slice(1 - keptSnapshots), snapshot].sort((a, b) => a.revision - b.revision)
    return snapshot
  }
}
