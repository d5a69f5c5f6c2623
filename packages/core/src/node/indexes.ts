import { type Node, Nodes, type Pod, Pods, type VolumeAttachment, VolumeAttachments, labels } from '../api/index.ts'
import { classNamesOf } from '../claim/index.ts'
import { type ErasedIndex, index } from '../engine/index.ts'

/** Nodes by the class that they claim. */
export const byClass = 'class'
/** Pods, and attachments of volumes, by their node. */
export const byNode = 'node'
/** Nodes by the set that they say they belong to. */
export const bySet = 'nodeset'
/** Nodes by UID. */
export const byUid = 'uid'

export const indexes: readonly ErasedIndex[] = [
  index<Node>({ resource: Nodes, name: byClass, values: classNamesOf }),
  index<Node>({ resource: Nodes, name: bySet, values: node => valueOf(node.metadata?.labels?.[labels.nodeset]) }),
  index<Node>({ resource: Nodes, name: byUid, values: node => valueOf(node.metadata?.uid) }),
  index<Pod>({ resource: Pods, name: byNode, values: pod => valueOf(pod.spec?.nodeName) }),
  index<VolumeAttachment>({ resource: VolumeAttachments, name: byNode, values: attachment => valueOf(attachment.spec?.nodeName) }),
]

const valueOf = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text])
