import type { Tag } from '@aws-sdk/client-auto-scaling'
import type { GroupOwner } from '@kube-node/core/provider'
import type { Tags } from '../ec2/index.ts'

/** What core knows a group by when everything else is lost. */
export const groupTags = {
  cluster: 'kube-node.dev/cluster',
  controller: 'kube-node.dev/controller',
  set: 'kube-node.dev/set',
  setName: 'kube-node.dev/set-name',
  /** Of a group: what it makes from now on. Of a machine: what its group made then. */
  revision: 'kube-node.dev/revision',
} as const

/** What Auto Scaling writes on each machine of a group. */
export const groupNameTag = 'aws:autoscaling:groupName'

/** Read back, never remembered: a group that lacks one of them is somebody else's. */
export const groupOwnerOf = (tags: Tags): GroupOwner | undefined => {
  const { [groupTags.cluster]: cluster, [groupTags.controller]: controller, [groupTags.set]: set, [groupTags.setName]: setName } = tags
  return cluster && controller && set && setName ? { cluster, controller, set, setName } : undefined
}

/** Not for the machines: one that carried the tag of the cluster would be taken for a claim's. */
export const tagsOfOwner = ({ cluster, controller, set, setName }: GroupOwner): Tags => ({
  [groupTags.cluster]: cluster,
  [groupTags.controller]: controller,
  [groupTags.set]: set,
  [groupTags.setName]: setName,
})

/** Launched machines get them too: so each one says which revision made it. */
export const tagsOfMachines = (more: Tags, revision: string): Tags => ({ ...more, [groupTags.revision]: revision })

export const asGroupTags = (group: string, tags: Tags, PropagateAtLaunch: boolean): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ ResourceId: group, ResourceType: 'auto-scaling-group', Key, Value, PropagateAtLaunch }))
