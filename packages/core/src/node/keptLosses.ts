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

export const createKeptLosses = (metrics: Metrics): KeptLosses => {
  /** By the name of the Node, its provider. */
  const kept = new Map<string, string>()
  const counts = new Map<string, number>()
  const missing = metrics.gauge('kube_node_machines_missing', 'Nodes that are kept though lists lack their machine', ['provider'])
  const frozen = metrics.gauge('kube_node_machine_loss_frozen', '1 while missing machines are not believed to be lost', ['provider'])
  const count = (provider: string, by: 1 | -1): void => {
    const nodes = (counts.get(provider) ?? 0) + by
    counts.set(provider, nodes)
    missing.set(nodes, { provider })
    frozen.set(Math.min(nodes, 1), { provider })
  }
  let over = false
  const planned: KeptLosses['planned'] = (name, node, step) => {
    const old = kept.get(name)
    const provider = !over && node && step && isKept(step) ? goodRecord(node)?.provider : undefined
    if (old === provider) return
    if (old !== undefined && kept.delete(name)) count(old, -1)
    if (provider === undefined) return
    kept.set(name, provider)
    count(provider, 1)
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

const isKept = (step: NodeStep): boolean => step.do === 'tell' && step.reason === reasons.lossFrozen
