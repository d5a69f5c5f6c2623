import { type Node, nameOf } from '@kube-node/core/api'
import type { Truth } from '../truth.ts'
import type { World } from '../world.ts'
import { type HasLeft, mustGo } from './holding.ts'

export interface Emptiness {
  /** World time at which the last pod that held it had left; of a node that is not being deleted, now. */
  since(node: Node): number
}

/** Since when the nodes that are being deleted are empty. */
export const followEmptiness = (world: World, truth: Truth, hasLeft: HasLeft): Emptiness => {
  const empty = new Map<string, number>()
  const look = (node: Node | undefined): void => {
    if (!node || node.metadata?.deletionTimestamp === undefined) return
    const uid = node.metadata.uid ?? ''
    const held = truth.podsOn(nameOf(node)).some(pod => mustGo(pod) && !hasLeft(pod, node, world.wall))
    if (held) empty.delete(uid)
    else if (!empty.has(uid)) empty.set(uid, world.now)
  }
  truth.nodes.on(({ now }) => look(now))
  truth.pods.on(({ now, old }) => look(truth.nodes.all.get((now ?? old)?.spec?.nodeName ?? '')))
  return { since: node => empty.get(node.metadata?.uid ?? '') ?? world.now }
}
