import type { Node } from '../api/index.ts'
import type { Reconcile, Result } from '../engine/index.ts'
import { isNotFound } from '../kube/index.ts'
import { gather } from './gather.ts'
import type { Life } from './life.ts'
import { perform } from './perform.ts'
import { planNode } from './plan.ts'

/** Steps that one claim may take before others get their turn. */
const stepsInARow = 12

/** One step after another, until there is something to wait for. */
export const reconcileNode = async (life: Life, r: Reconcile<Node>): Promise<Result> => {
  let node = r.object
  if (!node) life.losses.planned(r.key.name)
  for (let steps = 0; node && steps < stepsInARow; steps++) {
    r.signal.throwIfAborted()
    const gathered = await gather(life, node)
    const step = gathered && planNode(gathered.facts)
    life.losses.planned(r.key.name, node, step)
    if (!step) return undefined
    try {
      const performed = await perform(life, step, gathered)
      if (!('node' in performed)) return performed.afterMs === undefined ? undefined : { after: performed.afterMs }
      node = performed.node
    } catch (error) {
      // Somebody was quicker: the Node is gone, and its deletion event settles the rest.
      if (isNotFound(error)) return undefined
      throw error
    }
  }
  return node ? { after: 0 } : undefined
}
