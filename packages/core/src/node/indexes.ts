import { type Node, Nodes, type Pod, Pods, type VolumeAttachment, VolumeAttachments } from '../api/index.ts'
import { claimsOf, classNamesOf, isBroken, nodesOfPod, recordOf, setNamesOf } from '../claim/index.ts'
import { type ErasedIndex, index } from '../engine/index.ts'

/** Nodes by the class that they claim. */
export const byClass = 'class'
/** Pods, and attachments of volumes, by their node. */
export const byNode = 'node'
/** Nodes by the set that they say they belong to. */
export const bySet = 'nodeset'
/** Nodes by the claim that they stand for. */
export const byClaim = 'claim'
/** Members of groups by the id of their group. */
export const byGroup = 'group'

export const indexes: readonly ErasedIndex[] = [
  index<Node>({ resource: Nodes, name: byClass, values: classNamesOf }),
  index<Node>({ resource: Nodes, name: bySet, values: setNamesOf }),
  index<Node>({ resource: Nodes, name: byClaim, values: claimsOf }),
  index<Node>({ resource: Nodes, name: byGroup, values: groupsOf }),
  index<Pod>({ resource: Pods, name: byNode, values: nodesOfPod }),
  index<VolumeAttachment>({ resource: VolumeAttachments, name: byNode, values: attachment => valueOf(attachment.spec?.nodeName) }),
]

function groupsOf(node: Node): readonly string[] {
  const record = recordOf(node)
  return valueOf(record && !isBroken(record) ? record.group?.id : undefined)
}

const valueOf = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text])
