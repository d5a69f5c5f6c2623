import { type Condition, type KubeObject, type Node, Nodes, conditionTime, findCondition, nameOf } from '../api/index.ts'
import type { Words } from '../claim/index.ts'
import type { Json } from '../kube/index.ts'
import { type NodeEdit, encodeEdit, encodeStatusEdit } from './edit.ts'
import type { Life } from './life.ts'
import type { NodePatch } from './patches.ts'

/** Changes the Node that this was decided on, or fails with a Conflict: then it is decided anew. */
export const writeNode = (life: Life, node: Node, patch: NodePatch): Promise<Node> =>
  life.context.client.patch(
    Nodes,
    { name: nameOf(node) },
    { merge: { metadata: patch.metadata, spec: patch.spec } },
    { on: precondition(node) },
  )

/** Changes single fields of the Node that this was decided on, or fails with a Conflict when one of those is another now: see edit.ts. */
export const editNode = (life: Life, node: Node, edit: NodeEdit): Promise<Node> => {
  const { json, fields } = encodeEdit(node, edit)
  return life.context.client.patch(Nodes, { name: nameOf(node) }, { json }, { on: { uid: node.metadata?.uid ?? '', fields } })
}

/** Says a condition as {@link writeCondition} does, and changes annotations in the same write as {@link editNode} does. */
export const editWithCondition = (life: Life, node: Node, said: Words, annotations: NodeEdit['annotations'] = {}): Promise<Node> => {
  const { json, fields } = encodeStatusEdit(node, { annotations, condition: conditionOf(life, node, said) })
  const on = { uid: node.metadata?.uid ?? '', fields }
  return life.context.client.patch(Nodes, { name: nameOf(node) }, { json }, { subresource: 'status', on })
}

/** Changes only keys that nobody else writes, so it may land on any version of this very Node. */
export const writeOwnKeys = (life: Life, node: Node, patch: NodePatch): Promise<Node> =>
  life.context.client.patch(
    Nodes,
    { name: nameOf(node) },
    { merge: { metadata: patch.metadata } },
    { on: { uid: node.metadata?.uid ?? '' } },
  )

/**
 * One condition of ours, by strategic merge: the kubelet's conditions beside it stay as they are. Nothing is written when
 * it says so already.
 */
export const writeCondition = async (life: Life, node: Node, said: Words): Promise<Node> => {
  const old = findCondition(node.status?.conditions, said.type)
  if (old && old.status === said.status && old.reason === said.reason && old.message === said.message) return node
  const condition: Json = { ...conditionOf(life, node, said) }
  return life.context.client.patch(
    Nodes,
    { name: nameOf(node) },
    { strategic: { status: { conditions: [condition] } } },
    { subresource: 'status', on: { uid: node.metadata?.uid ?? '' } },
  )
}

const conditionOf = (
  life: Life,
  node: Node,
  said: Words,
): Words & Required<Pick<Condition, 'lastTransitionTime' | 'lastHeartbeatTime'>> => {
  const old = findCondition(node.status?.conditions, said.type)
  const now = conditionTime(life.context.runtime.clock.now())
  const since = old?.status === said.status ? (old.lastTransitionTime ?? now) : now
  return { ...said, lastHeartbeatTime: now, lastTransitionTime: since }
}

/** That very object at that very version. */
export const precondition = ({ metadata }: KubeObject): { readonly uid: string; readonly resourceVersion: string } => ({
  uid: metadata?.uid ?? '',
  resourceVersion: metadata?.resourceVersion ?? '',
})
