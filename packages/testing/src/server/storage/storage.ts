import { type Draft, type StoredObject, deepFreeze } from '../objects/index.ts'
import type { Backup } from './backup.ts'
import { Collection, keyOf } from './collection.ts'
import type { Change } from './history.ts'

/** What a collection is known by; every version of a kind shares one. */
export interface ResourceName {
  readonly group: string
  readonly plural: string
}

export type Observer = (resource: ResourceName, change: Change) => void

/**
 * The truth of the cluster: objects by kind under one revision counter, as etcd has it. Knows nothing of kinds' rules. What it
 * takes in is frozen, what it gives out is shared.
 */
export class Storage {
  readonly #historySize: number
  readonly #collections = new Map<string, { readonly resource: ResourceName; readonly collection: Collection }>()
  /** When a kind was served last: one that comes back under the same name knows nothing from before. */
  readonly #dropped = new Map<string, number>()
  readonly #observers = new Set<Observer>()
  #revision = 1
  #compacted = 0

  constructor(historySize: number) {
    this.#historySize = historySize
  }

  /** Revision of the last write. */
  get revision(): number {
    return this.#revision
  }

  collection(resource: ResourceName): Collection {
    const id = `${resource.group}/${resource.plural}`
    const existing = this.#collections.get(id)
    if (existing !== undefined) return existing.collection
    const collection = new Collection(this.#historySize)
    collection.history.compact(Math.max(this.#compacted, this.#dropped.get(id) ?? 0))
    this.#collections.set(id, { resource, collection })
    return collection
  }

  /** Called with every change right after it is committed, in order. An observer must not write: it may only note. */
  observe(observer: Observer): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  get(resource: ResourceName, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.collection(resource).get(keyOf(namespace, name))
  }

  create(resource: ResourceName, draft: Draft): StoredObject {
    return this.#commit(resource, 'ADDED', draft, undefined)
  }

  update(resource: ResourceName, draft: Draft, previous: StoredObject): StoredObject {
    return this.#commit(resource, 'MODIFIED', draft, previous)
  }

  /** The last state, with the revision of the deletion. */
  delete(resource: ResourceName, previous: StoredObject): StoredObject {
    return this.#commit(resource, 'DELETED', { ...previous, metadata: { ...previous.metadata } }, previous)
  }

  /** Ends all watches of a kind that is no longer served, and forgets its history. Its objects must be gone. */
  drop({ group, plural }: ResourceName): void {
    const id = `${group}/${plural}`
    this.#collections.get(id)?.collection.close()
    this.#collections.delete(id)
    this.#dropped.set(id, this.#revision)
  }

  /** Forgets the past up to `revision`: watches and pages from before it get 410. Default: up to now. */
  compact(revision: number = this.#revision): void {
    // Also of kinds of which nothing is known yet.
    this.#compacted = Math.max(this.#compacted, revision)
    for (const { collection } of this.#collections.values()) collection.history.compact(revision)
  }

  close(): void {
    for (const { collection } of this.#collections.values()) collection.close()
  }

  backup(): Backup {
    const collections = [...this.#collections.values()].map(({ collection, resource: { group, plural } }) => ({
      group,
      plural,
      objects: [...collection.values()],
    }))
    return { revision: this.#revision, collections: collections.filter(({ objects }) => objects.length > 0) }
  }

  /**
   * Puts everything back as it was: the revision counter goes back as well, nothing from before is known, all watches end.
   * Observers hear of every object that is different, or gone, or there again.
   */
  restore(given: Backup): void {
    const backup = deepFreeze(given)
    const before = [...this.#collections.values()].map(({ collection, resource }) => ({ resource, objects: [...collection.values()] }))
    this.close()
    this.#collections.clear()
    this.#dropped.clear()
    this.#revision = backup.revision
    this.#compacted = backup.revision
    const told: (readonly [ResourceName, Change])[] = []
    for (const { resource, objects } of before) {
      // Where a kind was watched, it has a past that is gone.
      this.collection(resource)
      const kept = backup.collections.find(({ group, plural }) => group === resource.group && plural === resource.plural)?.objects ?? []
      const uids = new Set(kept.map(object => object.metadata.uid))
      for (const object of objects) if (!uids.has(object.metadata.uid)) told.push([resource, this.#retold('DELETED', object, object)])
    }
    for (const { group, objects, plural } of backup.collections) {
      const resource = { group, plural }
      const known = before.find(b => b.resource.group === group && b.resource.plural === plural)?.objects ?? []
      const previously = new Map(known.map(object => [object.metadata.uid, object]))
      const collection = this.collection(resource)
      for (const object of objects) {
        const previous = previously.get(object.metadata.uid)
        const change = this.#retold(previous === undefined ? 'ADDED' : 'MODIFIED', object, previous)
        collection.apply(keyOf(object.metadata.namespace, object.metadata.name), change)
        if (previous !== object) told.push([resource, change])
      }
      collection.history.compact(backup.revision)
    }
    for (const [resource, change] of told) for (const observer of this.#observers) observer(resource, change)
  }

  /** A restored server has no history: what it has, it has had for ever. */
  #retold(type: Change['type'], object: StoredObject, previous: StoredObject | undefined): Change {
    return { revision: this.#revision, type, object, previous }
  }

  #commit(resource: ResourceName, type: Change['type'], draft: Draft, previous: StoredObject | undefined): StoredObject {
    this.#revision += 1
    draft.metadata.resourceVersion = String(this.#revision)
    // Border between drafts and stored objects: the verbs have set name, uid and creationTimestamp before they come here.
    const object = deepFreeze(draft) as unknown as StoredObject
    const change: Change = { revision: this.#revision, type, object, previous }
    this.collection(resource).apply(keyOf(object.metadata.namespace, object.metadata.name), change)
    for (const observer of this.#observers) observer(resource, change)
    return object
  }
}
