import { type Node, Nodes, nameOf } from '../api/index.ts'
import { goodRecord } from '../claim/index.ts'
import type { Life } from './life.ts'
import { reasons } from './loss.ts'
import type { NodeStep, Performed } from './step.ts'

/** Deletes the Node, so that its set can replace it. After a lost answer it is being deleted, and not counted. */
export const end = async ({ context }: Life, step: Extract<NodeStep, { do: 'end' }>, node: Node): Promise<Performed> => {
  context.event(node, 'Warning', step.reason, step.message)
  await context.client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
  if (step.reason === reasons.lost) {
    context.metrics
      .counter('kube_node_machines_lost_total', 'Machines that were lost after their join, and whose Nodes ended with them', ['provider'])
      .add(1, { provider: goodRecord(node)?.provider ?? '' })
  }
  return { afterMs: 0 }
}
