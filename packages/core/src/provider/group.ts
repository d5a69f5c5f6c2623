import type { Call } from './call.ts'
import type { Machine, Outcome, Page } from './machine.ts'

/** Machines that a cloud manages as one: an Auto Scaling group, a GKE node pool. */
export interface Group {
  readonly id: string
  readonly size: number
  readonly min?: number
  readonly max?: number
  /** Sizes go in steps: the zones of a regional pool. Default 1. */
  readonly step?: number
  /** In words, what the group is busy with; it takes no order meanwhile. */
  readonly busy?: string
  readonly members: readonly Machine[]
}

export interface GroupConnection<Config> extends AsyncDisposable {
  list(call: Call): AsyncIterable<Page<Group>>
  /** Grows only; `group.size` is the precondition. */
  resize(group: Group, size: number, call: Call): Promise<void>
  /** Removes exactly these members. With `replace` the size stays and the cloud makes others. */
  remove(group: Group, ids: readonly string[], options: { readonly replace: boolean }, call: Call): Promise<readonly Outcome<void>[]>
  create?(id: string, config: Config, size: number, call: Call): Promise<void>
  destroy?(group: Group, call: Call): Promise<void>
}
