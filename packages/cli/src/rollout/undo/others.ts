import { classNameOf, isDeleting } from '@kube-node/core'
import { type Node, type NodeSet, NodeSets, Nodes, classNamesOfSet, nameOf } from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { listUnlessForbidden } from '../../cluster/index.ts'
import type { UndoFacts } from './plan.ts'

/** Who uses a class beside a set and its nodes. */
export const readOthers = async (client: Client, set: NodeSet, signal: AbortSignal): Promise<UndoFacts['othersOf']> => {
  const list = listUnlessForbidden(client, signal)
  const [sets, nodes] = await Promise.all([list(NodeSets), list(Nodes)])
  return className => sets && nodes && othersIn(sets, nodes, set, className)
}

/** A node of another set is no user of its own: its set is. */
const othersIn = (sets: readonly NodeSet[], nodes: readonly Node[], own: NodeSet, className: string): readonly string[] => {
  const users = sets.filter(set => set.metadata?.uid !== own.metadata?.uid && classNamesOfSet(set).includes(className))
  const uids = new Set([own, ...users].map(({ metadata }) => metadata?.uid))
  const claims = nodes.filter(
    node =>
      classNameOf(node) === className &&
      !isDeleting(node) &&
      !node.metadata?.ownerReferences?.some(owner => owner.controller === true && uids.has(owner.uid)),
  )
  return [...users.map(set => `nodeset/${nameOf(set)}`), ...claims.map(node => `node/${nameOf(node)}`)].toSorted()
}
