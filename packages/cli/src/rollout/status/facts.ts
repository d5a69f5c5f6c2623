import { isDeleting } from '@kube-node/core'
import {
  type Lease,
  Leases,
  type Node,
  type NodeClass,
  NodeClasses,
  type NodeSet,
  Nodes,
  classNamesOfSet,
  defaultController,
  labels,
  nameOf,
} from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { listUnlessForbidden } from '../../cluster/index.ts'
import { describeController } from '../../describe/index.ts'
import { select } from '../../status/index.ts'
import { readSet } from '../kept.ts'
import type { RolloutFacts } from './describe.ts'

/** The cluster around one set, at one moment. What may not be read is undefined. */
export interface Scene {
  readonly set: NodeSet
  readonly classes: readonly NodeClass[] | undefined
  /** Those that carry its label. */
  readonly nodes: readonly Node[] | undefined
  /** Of `namespace`. */
  readonly leases: readonly Lease[] | undefined
  readonly namespace: string
}

export const nodesOf = (name: string): string => `${labels.nodeset}=${name}`

/**
 * A quorum read. Classes first: what they say is then never newer than what the set answers to it.
 * @throws CommandFailed when there is no such set.
 */
export const readScene = async (client: Client, name: string, namespace: string, signal: AbortSignal): Promise<Scene> => {
  const list = listUnlessForbidden(client, signal)
  const classes = await list(NodeClasses)
  const [set, nodes, leases] = await Promise.all([
    readSet(client, name, signal),
    list(Nodes, { labels: nodesOf(name) }),
    list(Leases, { namespace }),
  ])
  return { set, classes, nodes, leases, namespace }
}

const most = 5

export const factsOf = ({ set, classes, nodes, leases, namespace }: Scene, now: number): RolloutFacts => {
  const byName = classes && new Map(classes.map(nodeClass => [nameOf(nodeClass), nodeClass]))
  const [first] = classNamesOfSet(set).flatMap(name => byName?.get(name) ?? [])
  const rows = select({ nodes: nodes ?? [], classes, sets: [set], leases, namespace }, { sort: 'nodes' }, now).nodes
  const waiting = rows.filter(({ state }) => state === 'trouble').map(row => `${row.name}: ${row.why}`)
  return {
    set,
    classes: byName,
    going: nodes?.filter(isDeleting).length,
    waiting: [...waiting.slice(0, most), ...(waiting.length > most ? [`and ${waiting.length - most} more nodes`] : [])],
    controller: describeController(first?.spec.controller ?? defaultController, leases, namespace, now),
  }
}
