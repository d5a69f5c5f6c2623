import { type Node, type NodeSet, nameOf } from '@kube-node/core/api'
import type { ScenarioResult } from './scenario.ts'

/** What a run of the example tells at its end; scripts read the last line. */
export const summary = (result: ScenarioResult, nodeSet: NodeSet, node: Node): readonly string[] => {
  const set = `nodeset/${nameOf(nodeSet)}`
  const name = `node/${nameOf(node)}`
  return [
    '',
    `up        ${set} with ${nodeSet.spec.replicas ?? 1} nodes and ${name}, after ${seconds(result.upAfterMs)}`,
    `deleted   ${name}; its machine ${result.machine} was gone ${seconds(result.goneAfterMs)} later`,
    `left      ${result.machines} machines for ${result.up - 1} nodes`,
    `ok: ${result.up} nodes up, 1 deleted, ${result.leaked} machines leaked, ${seconds(result.tookMs)}`,
  ]
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
