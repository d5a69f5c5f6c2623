import { compareVersions, newerVersion } from './version.ts'

interface Tombstone {
  /** Deleted, as an answer to our own delete said: a UID never comes back. Else it left the view, and a newer version may re-enter. */
  forever: boolean
  /** Nothing up to this version is news; undefined until the watch has shown the deletion. */
  version: string | undefined
}

/** UIDs that are gone, so that what arrives late raises nothing from the dead. */
export interface Tombstones {
  /** That very object was deleted; when, in versions, nobody has said yet. */
  addForever(uid: string): void
  /** Gone from the view at `version`. */
  add(uid: string, version: string): void
  /** True when a state of that object at `version` is a thing of the past. */
  buried(uid: string, version: string): boolean
  /** The version at which it was gone, as far as that is known. */
  buriedAt(uid: string): string | undefined
  /** True when that very object was deleted, and is there at a version after its end: the cluster is another one. */
  risen(uid: string, version: string): boolean
  /** Those of whom an answer to our own delete has said that they are gone. */
  readonly deleted: ReadonlySet<string>
  /** The watch has come to `progress`: what was gone by then need not be remembered. */
  prune(progress: string): void
  clear(): void
  readonly size: number
}

/**
 * How many are remembered after the watch has passed them. Some are: the answer to a delete may come after the watch has shown
 * the deletion, and would leave a tombstone that nothing ever confirms.
 */
const remembered = 1_000
/** Unconfirmed ones beyond this are forgotten, oldest first: memory is bounded whatever the server does. */
const atMost = 10_000

export const createTombstones = (): Tombstones => {
  /** In order of first burial. */
  const graves = new Map<string, Tombstone>()
  return {
    addForever(uid) {
      const grave = graves.get(uid)
      if (grave === undefined) graves.set(uid, { forever: true, version: undefined })
      else grave.forever = true
    },
    add(uid, version) {
      const grave = graves.get(uid)
      if (grave === undefined) graves.set(uid, { forever: false, version })
      else grave.version = newerVersion(grave.version, version)
    },
    buried(uid, version) {
      const grave = graves.get(uid)
      return grave !== undefined && (grave.forever || (grave.version !== undefined && compareVersions(version, grave.version) <= 0))
    },
    buriedAt: uid => graves.get(uid)?.version,
    risen(uid, version) {
      const grave = graves.get(uid)
      return grave?.forever === true && grave.version !== undefined && compareVersions(version, grave.version) > 0
    },
    get deleted() {
      return new Set([...graves].flatMap(([uid, { forever }]) => (forever ? [uid] : [])))
    },
    prune(progress) {
      for (const [uid, { version }] of graves) {
        if (graves.size <= remembered) return
        const passed = version !== undefined && compareVersions(version, progress) <= 0
        if (!passed && graves.size <= atMost) return
        graves.delete(uid)
      }
    },
    clear: () => graves.clear(),
    get size() {
      return graves.size
    },
  }
}
