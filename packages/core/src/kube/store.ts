import type { KubeObject } from '../api/index.ts'
import type { Change } from './cache.types.ts'
import type { Key, Store } from './client.types.ts'
import { deepFreeze, identify, keyText, withoutManagedFields } from './entry.ts'
import { createIndexes } from './indexes.ts'
import { createTombstones } from './tombstones.ts'
import { compareVersions, newerVersion } from './version.ts'

/**
 * A store with the ways into it. Each answers the changes that it made, in order.
 *
 * Two things can be ahead of each other: the watch, which shows everything up to `progress`, and single answers to our own
 * writes. So: the newer version of an object wins; and an object that is absent, or buried, is not brought back by a state that
 * is no newer than what made it absent.
 */
export interface LocalStore<T extends KubeObject> extends Store<T> {
  /** Everything up to this version is in; undefined before the first list. */
  readonly progress: string | undefined
  /** The newest version that anything has shown, our own writes included: the cluster cannot be older than this. */
  readonly newest: string | undefined
  addIndex(name: string, values: (object: T) => readonly string[]): void
  /** A complete list as of `version`. */
  enterList(items: readonly T[], version: string): readonly Change<T>[]
  /** A complete list of a cluster that has lost what we knew: it counts, whatever we hold. */
  replaceAll(items: readonly T[], version: string): readonly Change<T>[]
  /**
   * True when that list shows an object as it was before something that we have seen, and that a list of this version must
   * know of: versions went on counting, as after a restore with `etcdutl snapshot restore --bump-revision`, or of a backup from a past that
   * an earlier restore has ended; and the past is another. So it is when an object lives that we have deleted: at a version after its end,
   * or at any when it is one of `gone`.
   */
  contradicts(items: readonly T[], version: string, gone: ReadonlySet<string>): boolean
  /** UIDs of objects that we have deleted and that are gone: a list that is asked for from now on, and is no older, shows none of them. */
  readonly gone: ReadonlySet<string>
  /** Undefined, with nothing entered: we have deleted the object, and this is a state of it after its end. The cluster is another one. */
  enterEvent(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): readonly Change<T>[] | undefined
  enterBookmark(version: string): void
  /** The answer to a write of our own. */
  enterWrite(object: T): readonly Change<T>[]
  /** The object of that UID was deleted by us, and is gone. */
  enterDelete(key: Key, uid: string): readonly Change<T>[]
}

export interface StoreOptions<T extends KubeObject> {
  /** What this store holds; others' objects come in answers to our writes. Default: everything. */
  readonly matches?: (object: T) => boolean
  /** Objects enter and leave it while they live, as with labels: what its watch calls deleted may be there yet. Default: false. */
  readonly isPart?: boolean
  /** Hands out deep-frozen objects: for tests. */
  readonly frozen?: boolean
  readonly onIndexError?: (index: string, error: unknown) => void
}

interface Entry<T> {
  readonly object: T
  readonly uid: string
  readonly version: string
}

export const createStore = <T extends KubeObject>(options: StoreOptions<T> = {}): LocalStore<T> => {
  const matches = options.matches ?? (() => true)
  const entries = new Map<string, Entry<T>>()
  const indexes = createIndexes<T>(options.onIndexError ?? (() => undefined))
  const tombstones = createTombstones()
  let progress: string | undefined
  let newest: string | undefined
  let listed: readonly T[] | undefined

  const advance = (version: string): void => {
    progress = newerVersion(progress, version)
    newest = newerVersion(newest, progress)
    tombstones.prune(progress)
  }

  const isRisen = (uid: string, version: string): boolean => options.isPart !== true && tombstones.risen(uid, version)
  const kept = (object: T): T => (options.frozen ? deepFreeze(withoutManagedFields(object)) : withoutManagedFields(object))

  const put = (key: string, object: T, uid: string, version: string): Change<T> => {
    const now = kept(object)
    const old = entries.get(key)?.object
    entries.set(key, { object: now, uid, version })
    indexes.replace(key, old, now)
    listed = undefined
    return { type: old === undefined ? 'added' : 'updated', object: now, old }
  }

  const remove = (key: string, { object }: Entry<T>, last: T = object): Change<T> => {
    entries.delete(key)
    indexes.replace(key, object, undefined)
    listed = undefined
    return { type: 'deleted', object: last, old: object }
  }

  /** Enters a state that is known to be news; one that stands under the same name with another UID was deleted before. */
  const enter = (key: string, object: T, uid: string, version: string): readonly Change<T>[] => {
    const present = entries.get(key)
    if (present === undefined || present.uid === uid) return [put(key, object, uid, version)]
    tombstones.add(present.uid, version)
    return [remove(key, present), put(key, object, uid, version)]
  }

  const isOlderThan = (version: string, present: Entry<T> | undefined): boolean =>
    present !== undefined && compareVersions(version, present.version) <= 0

  return {
    get: key => entries.get(keyText(key))?.object,
    list: () => (listed ??= Array.from(entries.values(), ({ object }) => object)),
    by: indexes.by,
    get synced() {
      return progress !== undefined
    },
    get progress() {
      return progress
    },
    get newest() {
      return newest
    },

    addIndex(name, values) {
      indexes.add(
        name,
        values,
        Array.from(entries, ([key, { object }]) => [key, object] as const),
      )
    },

    enterList(items, version) {
      // A list that took so long that the watch has overtaken it has nothing to tell.
      if (progress !== undefined && compareVersions(version, progress) < 0) return nothing
      const changes: Change<T>[] = []
      const alive = uidsOf(items)
      for (const [key, entry] of [...entries]) {
        // What is newer than the list is the answer to a write of our own, which the list is too old to show.
        if (!alive.has(entry.uid) && compareVersions(entry.version, version) <= 0) changes.push(remove(key, entry))
      }
      for (const object of items) {
        const { key, uid, version: own } = identify(object)
        if (tombstones.buried(uid, own) || isOlderThan(own, entries.get(key))) continue
        changes.push(...enter(key, object, uid, own))
      }
      advance(version)
      return changes
    },

    replaceAll(items, version) {
      const changes: Change<T>[] = []
      const alive = uidsOf(items)
      for (const [key, entry] of [...entries]) if (!alive.has(entry.uid)) changes.push(remove(key, entry))
      progress = version
      newest = version
      // Versions count anew: the same one may stand for another state.
      for (const object of items) {
        const { key, uid, version: own } = identify(object)
        changes.push(...enter(key, object, uid, own))
      }
      tombstones.clear()
      return changes
    },

    get gone() {
      return tombstones.deleted
    },

    contradicts: (items, version, gone) =>
      items.some(object => {
        const { key, uid, version: own } = identify(object)
        if (gone.has(uid) || isRisen(uid, own)) return true
        const present = entries.get(key)
        const seen = present?.uid === uid ? present.version : tombstones.buriedAt(uid)
        return seen !== undefined && compareVersions(own, seen) < 0 && compareVersions(seen, version) <= 0
      }),

    enterEvent(type, object) {
      const { key, uid, version } = identify(object)
      if (isRisen(uid, version)) return undefined
      const present = entries.get(key)
      if (type === 'DELETED') {
        advance(version)
        tombstones.add(uid, version)
        if (present?.uid !== uid || compareVersions(version, present.version) < 0) return nothing
        return [remove(key, present, kept(object))]
      }
      // After a list in between, the watch still tells of what the list has shown already.
      const past = progress !== undefined && compareVersions(version, progress) < 0
      advance(version)
      return past || tombstones.buried(uid, version) || isOlderThan(version, present) ? nothing : enter(key, object, uid, version)
    },

    enterBookmark: advance,

    enterWrite(object) {
      const { key, uid, version } = identify(object)
      const present = entries.get(key)
      newest = newerVersion(newest, version)
      if (tombstones.buried(uid, version) || isOlderThan(version, present)) return nothing
      // Everything up to `progress` is in, so whoever is absent was gone by then: this answer took longer than the news of the end.
      if (present === undefined && progress !== undefined && compareVersions(version, progress) <= 0) return nothing
      if (matches(object)) return enter(key, object, uid, version)
      tombstones.add(uid, version)
      return present?.uid === uid ? [remove(key, present, kept(object))] : nothing
    },

    enterDelete(key, uid) {
      tombstones.addForever(uid)
      const text = keyText(key)
      const present = entries.get(text)
      return present?.uid === uid ? [remove(text, present)] : nothing
    },
  }
}

const nothing: readonly never[] = []

/** By UID and not by name: who has the name now may be buried, and who had it before is gone all the same. */
const uidsOf = (items: readonly KubeObject[]): ReadonlySet<string> => new Set(items.map(object => identify(object).uid))
