import type { Tag } from '@aws-sdk/client-ec2'
import type { Owner } from '@kube-node/core/provider'

/** What core knows a machine by when everything else is lost. */
export const ownerTags = {
  cluster: 'kube-node.dev/cluster',
  controller: 'kube-node.dev/controller',
  claim: 'kube-node.dev/claim',
  nodeName: 'kube-node.dev/node-name',
  attempt: 'kube-node.dev/attempt',
} as const

export type Tags = Readonly<Record<string, string>>

/** `Name` is what the console shows; a class may say another one. Ours come last, so that nobody's take their place. */
export const tagsOf = (owner: Owner, more: Tags = {}): Tags => ({
  Name: owner.nodeName,
  ...more,
  [ownerTags.cluster]: owner.cluster,
  [ownerTags.controller]: owner.controller,
  [ownerTags.claim]: owner.claim,
  [ownerTags.nodeName]: owner.nodeName,
  [ownerTags.attempt]: String(owner.attempt),
})

export const asList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

export const asRecord = (tags: readonly Tag[] = []): Tags => Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))

/** Read back, never remembered: an instance that lacks one of them is somebody else's. */
export const ownerOf = (tags: Tags): Owner | undefined => {
  const {
    [ownerTags.cluster]: cluster,
    [ownerTags.controller]: controller,
    [ownerTags.claim]: claim,
    [ownerTags.nodeName]: nodeName,
    [ownerTags.attempt]: attempt,
  } = tags
  if (!cluster || !controller || !claim || !nodeName || !attempt || !/^[1-9]\d*$/.test(attempt)) return undefined
  return { cluster, controller, claim, nodeName, attempt: Number(attempt) }
}
