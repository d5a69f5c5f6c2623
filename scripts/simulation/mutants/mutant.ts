import type { Emphasis } from '../../../packages/testing/src/simulation/kinds.ts'

/** One place of core's source. `file` is below packages/core/src; `find` must be there just once. */
export interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A deliberate mistake, which the simulation must find within so many seeds. */
export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** The incidents that it takes, where those are rare: its histories have more of them. */
  readonly shownBy?: Emphasis
}
