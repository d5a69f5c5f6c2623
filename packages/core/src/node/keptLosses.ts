import type { Node } from '../api/index.ts'
import { goodRecord } from '../claim/index.ts'
import type { Metrics } from '../engine/index.ts'
import { reasons } from './loss.ts'
import type { NodeStep } from './step.ts'

/** Nodes that stay though lists lack their machine, for the metrics. Each Node's newest plan counts. */
export interface KeptLosses extends Disposable {
  /** Without a step: it is gone, or another controller's. */
  planned(name: string, node?: Node, step?: NodeStep): void
}

interface Kept {
  readonly provider: string
  /** Not believed to be lost. */
  readonly isFrozen: boolean
}

export const createKeptLosses = (metrics: Metrics): KeptLosses => {
  /** By the name of the Node. */
  const kept = new Map<string, Kept>()
  const counts = new Map<string, { readonly all: number; readonly frozen: number }>()
  const missing = metrics.gauge('kube_node_machines_missing', 'Nodes that are kept though lists lack their machine', ['provider'])
  const frozen = metrics.gauge('kube_node_machine_loss_frozen', '1 while missing machines are not believed to be lost', ['provider'])
  const count = ({ provider, isFrozen }: Kept, by: 1 | -1): void => {
    const old = counts.get(provider) ?? { all: 0, frozen: 0 }
    const now = { all: old.all + by, frozen: old.frozen + (isFrozen ? by : 0) }
    counts.set(provider, now)
    missing.set(now.all, { provider })
    frozen.set(Math.min(now.frozen, 1), { provider })
  }
  let over = false
  const planned: KeptLosses['planned'] = (name, node, step) => {
    const old = kept.get(name)
    const now = over || !node || !step ? undefined : keptBy(node, step)
    if (old?.provider === now?.provider && old?.isFrozen === now?.isFrozen) return
    if (now) {
      kept.set(name, now)
      count(now, 1)
    } else kept.delete(name)
    if (old) count(old, -1)
  }
  return {
    planned,
    [Symbol.dispose]() {
      // A plan that does not heed its signal may come later.
      over = true
      for (const name of [...kept.keys()]) planned(name)
    },
  }
}

const keptBy = (node: Node, step: NodeStep): Kept | undefined => {
  const isFrozen = step.do === 'tell' && step.reason === reasons.lossFrozen
  const isTold = step.do === 'tell' && step.reason === reasons.lost
  const record = isFrozen || isTold ? goodRecord(node) : undefined
  return record && { provider: record.provider, isFrozen }
}
