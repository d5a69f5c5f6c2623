import { phaseOf } from '@kube-node/core'
import type { Node } from '@kube-node/core/api'
import type { Clock } from '@kube-node/core/runtime'
import type { Since } from './view.ts'

/** Remembers when Nodes came into their phases: a Node says which phase it is in, and not since when. */
export interface PhaseWatch {
  /** Milliseconds in the phase; 0 for one that is seen for the first time. */
  readonly since: Since
  forget(node: Node): void
}

export const createPhaseWatch = (clock: Pick<Clock, 'monotonic'>): PhaseWatch => {
  const known = new Map<string, { readonly phase: string; readonly at: number }>()
  const keyOf = (node: Node): string => node.metadata?.uid ?? ''
  return {
    since(node) {
      const phase = phaseOf(node)
      const now = clock.monotonic()
      const seen = known.get(keyOf(node))
      if (seen?.phase === phase) return now - seen.at
      known.set(keyOf(node), { phase, at: now })
      return 0
    },
    forget: node => void known.delete(keyOf(node)),
  }
}
