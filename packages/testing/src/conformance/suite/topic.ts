/** Something that a test can't do without, and that not every provider or fake cloud has. */
export interface Need<M> {
  met(manifest: M): boolean
  /** Completes "left out, because ...". */
  readonly because: string
}

/** One test. It runs in a fresh world, which it gets as its stage. */
export interface Trial<M, S> {
  readonly name: string
  readonly needs?: readonly Need<M>[]
  run(stage: S): Promise<void>
}

/** What belongs together, one file each. */
export interface Topic<M, S> {
  readonly name: string
  readonly trials: readonly Trial<M, S>[]
}
