import { Events, Leases, NodeClasses, NodeSets, Nodes } from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { listUnlessForbidden } from '../cluster/index.ts'
import { CommandFailed } from '../terminal/index.ts'
import type { Target } from './target.ts'
import type { Snapshot } from './view.ts'

/** Where the events of Nodes are. */
const eventNamespace = 'default'

/**
 * Reads everything once. What this identity may not read is left out, but for Nodes.
 * @throws CommandFailed when Nodes may not be read, or the cluster does not know our kinds.
 */
export const readSnapshot = async (client: Client, namespace: string, { sort, name }: Target, signal: AbortSignal): Promise<Snapshot> => {
  const list = listUnlessForbidden(client, signal)
  const about = `involvedObject.kind=Node,involvedObject.name=${name ?? ''}`
  const [nodes, classes, sets, leases, events] = await Promise.all([
    list(Nodes),
    list(NodeClasses),
    list(NodeSets),
    list(Leases, { namespace }),
    sort === 'nodes' && name !== undefined ? list(Events, { namespace: eventNamespace, fields: about }) : [],
  ])
  if (!nodes) throw new CommandFailed('this identity may not list nodes: grant it the verbs get, list and watch on nodes')
  return { nodes, classes, sets, leases, namespace, ...(events && { events }) }
}
