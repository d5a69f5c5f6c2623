import { type Owner, ProviderError } from '@kube-node/core/provider'
import { z } from 'zod'
import { jsonIn } from '../google/index.ts'
import type { Instance, Labels, Metadata, MetadataItem } from './resources.ts'

/** By these a list finds our machines. UIDs fit in a label; names of Nodes and controllers do not: Google allows 63 of [a-z0-9_-]. */
export const ownerLabels = { cluster: 'kube-node-cluster', claim: 'kube-node-claim' } as const

/** Whose a machine is, whole, as JSON, in its metadata. */
export const ownerKey = 'kube-node-owner'

export const labelsOf = ({ cluster, claim }: Owner, more: Labels = {}): Labels => ({
  ...more,
  [ownerLabels.cluster]: cluster,
  [ownerLabels.claim]: claim,
})

export const ownerItem = ({ cluster, controller, claim, nodeName, attempt }: Owner): MetadataItem => ({
  key: ownerKey,
  value: JSON.stringify({ cluster, controller, claim, nodeName, attempt }),
})

/** Read back, never remembered: an instance whose labels and metadata do not say the same is somebody else's. */
export const ownerOf = ({ labels = {}, metadata }: Pick<Instance, 'labels' | 'metadata'>): Owner | undefined => {
  const owner = written(metadata)
  return owner && labels[ownerLabels.cluster] === owner.cluster && labels[ownerLabels.claim] === owner.claim ? owner : undefined
}

const written = ({ items = [] }: Metadata = {}): Owner | undefined => {
  const text = items.find(({ key }) => key === ownerKey)?.value
  return text === undefined ? undefined : writtenOwner.safeParse(jsonIn(text)).data
}

const name = z.string().min(1)
const writtenOwner = z.object({ cluster: name, controller: name, claim: name, nodeName: name, attempt: z.int().min(1) })

/** @throws ProviderError `InvalidConfig`: a UID that is none can't be asked for. */
export const clusterFilter = (cluster: string): string => {
  if (!/^[a-z0-9_-]{1,63}$/.test(cluster))
    throw new ProviderError('InvalidConfig', `"${cluster}" can't be the value of a label`, { outcome: 'none' })
  return `labels.${ownerLabels.cluster}=${cluster}`
}
