import { type KubeObject, type Node, type NodeSet, NodeSets, Nodes, type Pod, Pods, classNamesOfSet } from '../api/index.ts'
import { classNamesOf, hasMachineFinalizer, isBroken, isDeleting, nodesOfPod, recordOf, setNamesOf } from '../claim/index.ts'
import { type ErasedIndex, index } from '../engine/index.ts'

/** Nodes by the UID of the set that owns them. */
export const byOwner = 'owner'
/** Nodes by the set that they say they belong to, those that nobody owns: a set of that name may take them over. */
export const leftBySet = 'leftBySet'
/** Sets by the classes that their nodes may be of. */
export const bySetClass = 'class'
/** Nodes by the class that they claim. */
export const byClaimClass = 'class'
/** Sets by their UID. */
export const bySetUid = 'uid'
/** Members of groups by the UID of the set that drives their group. */
export const byGroupSet = 'groupSet'
/** Nodes by what they say is their machine. */
export const byProviderID = 'providerID'
/** Pods by their node. */
export const byPodNode = 'node'

/** The set that owns a Node. */
export const controllerOwner = (node: KubeObject): { readonly name: string; readonly uid: string } | undefined =>
  node.metadata?.ownerReferences?.find(owner => owner.controller === true && owner.kind === NodeSets.kind)

const ownersOf = (node: Node): readonly string[] => {
  const owner = controllerOwner(node)
  return owner ? [owner.uid] : []
}

const setsLeftOf = (node: Node): readonly string[] =>
  isDeleting(node) || !hasMachineFinalizer(node) || node.metadata?.ownerReferences?.some(owner => owner.controller === true) === true
    ? []
    : setNamesOf(node)

const groupSetsOf = (node: Node): readonly string[] => {
  const record = recordOf(node)
  return record && !isBroken(record) && record.group !== undefined ? [record.group.set] : []
}

export const indexes: readonly ErasedIndex[] = [
  index<Node>({ resource: Nodes, name: byOwner, values: ownersOf }),
  index<Node>({ resource: Nodes, name: byClaimClass, values: classNamesOf }),
  index<Node>({ resource: Nodes, name: leftBySet, values: setsLeftOf }),
  index<NodeSet>({ resource: NodeSets, name: bySetClass, values: classNamesOfSet }),
  index<NodeSet>({ resource: NodeSets, name: bySetUid, values: ({ metadata }) => [metadata?.uid ?? ''] }),
  index<Node>({ resource: Nodes, name: byGroupSet, values: groupSetsOf }),
  index<Node>({ resource: Nodes, name: byProviderID, values: ({ spec }) => (spec?.providerID === undefined ? [] : [spec.providerID]) }),
  index<Pod>({ resource: Pods, name: byPodNode, values: nodesOfPod }),
]
