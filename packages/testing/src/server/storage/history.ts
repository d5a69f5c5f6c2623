import type { StoredObject } from '../objects/index.ts'

/** One committed write. */
export interface Change {
  readonly revision: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** Of a deletion: the last state, with the revision of the deletion as its resourceVersion. */
  readonly object: StoredObject
  readonly previous: StoredObject | undefined
}

/**
 * The last changes of one kind, in order. Watches read it with a position of their own, so that a slow reader costs no
 * memory: it falls off the end and has to list again, as with a real API server.
 */
export class History {
  readonly #capacity: number
  #ring: (Change | undefined)[] = []
  #first = 0
  #end = 0
  #compacted = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Position of the oldest change that is still here. */
  get first(): number {
    return this.#first
  }

  /** Position that the next change will get. */
  get end(): number {
    return this.#end
  }

  /** All changes after this revision are here; what was at or before it may be forgotten. */
  get compacted(): number {
    return this.#compacted
  }

  at(position: number): Change | undefined {
    return position < this.#first ? undefined : this.#ring[position % this.#capacity]
  }

  push(change: Change): void {
    if (this.#end - this.#first === this.#capacity) this.#forgetFirst()
    this.#ring[this.#end % this.#capacity] = change
    this.#end += 1
  }

  /** Forgets every change up to and with `revision`. */
  compact(revision: number): void {
    for (
      let change = this.at(this.#first);
      this.#first < this.#end && change && change.revision <= revision;
      change = this.at(this.#first)
    ) {
      this.#forgetFirst()
    }
    this.#compacted = Math.max(this.#compacted, revision)
  }

  /** Position of the first change after `revision`. */
  after(revision: number): number {
    let low = this.#first
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.at(middle)?.revision ?? 0) <= revision) low = middle + 1
      else high = middle
    }
    return low
  }

  #forgetFirst(): void {
    const slot = this.#first % this.#capacity
    this.#compacted = Math.max(this.#compacted, this.#ring[slot]?.revision ?? 0)
    this.#ring[slot] = undefined
    this.#first += 1
  }
}
