import type { Owner, StoredObject } from '../objects/index.ts'
import type { Change, ResourceName } from '../storage/index.ts'

/** Where an object is to be found. */
export interface Located {
  readonly resource: ResourceName
  readonly object: StoredObject
}

/** Who owns whom, by uid; kept up with every write. */
export class OwnerGraph {
  readonly #objects = new Map<string, Located>()
  readonly #dependents = new Map<string, Set<string>>()

  /** What the garbage collector has to look at after this change, by uid. */
  apply(resource: ResourceName, { type, object, previous }: Change): readonly string[] {
    const { uid } = object.metadata
    const touched: string[] = []
    if (type === 'DELETED') {
      this.#objects.delete(uid)
      this.#unlink(uid, previous?.metadata.ownerReferences)
      touched.push(...this.dependentsOf(uid).map(located => located.object.metadata.uid))
      // An owner that waits for its dependents may have waited for this one.
      touched.push(...(object.metadata.ownerReferences ?? []).map(owner => owner.uid))
      return touched
    }
    this.#objects.set(uid, { resource, object })
    const owners = object.metadata.ownerReferences
    if (previous?.metadata.ownerReferences !== owners) {
      this.#unlink(uid, previous?.metadata.ownerReferences)
      for (const owner of owners ?? []) this.#link(owner.uid, uid)
      if (owners !== undefined && owners.length > 0) touched.push(uid)
      touched.push(...(previous?.metadata.ownerReferences ?? []).map(owner => owner.uid))
    }
    if (object.metadata.deletionTimestamp !== undefined) touched.push(uid)
    return touched
  }

  get(uid: string): Located | undefined {
    return this.#objects.get(uid)
  }

  dependentsOf(uid: string): readonly Located[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap(dependent => this.#objects.get(dependent) ?? [])
  }

  #link(owner: string, dependent: string): void {
    const known = this.#dependents.get(owner)
    if (known === undefined) this.#dependents.set(owner, new Set([dependent]))
    else known.add(dependent)
  }

  #unlink(dependent: string, owners: readonly Owner[] | undefined): void {
    for (const { uid } of owners ?? []) {
      const known = this.#dependents.get(uid)
      known?.delete(dependent)
      if (known?.size === 0) this.#dependents.delete(uid)
    }
  }
}
