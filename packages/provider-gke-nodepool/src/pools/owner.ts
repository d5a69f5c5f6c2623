import type { GroupOwner } from '@kube-node/core/provider'
import { jsonIn } from '@kube-node/provider-gce/google'
import { z } from 'zod'
import type { NodePool } from './resources.ts'

/** Metadata of a pool that kube-node made, as JSON: names of sets fit in no label of Google's. Its machines carry it too. */
export const ownerKey = 'kube-node-group'

/** Not for the class to write: gce() would take such machines for its own. */
export const ownerKeys: readonly string[] = [ownerKey, 'kube-node-cluster', 'kube-node-claim']

export interface Written {
  readonly owner: GroupOwner
  readonly revision: string
}

export const writtenOn = ({ owner: { cluster, controller, set, setName }, revision }: Written): Readonly<Record<string, string>> => ({
  [ownerKey]: JSON.stringify({ cluster, controller, set, setName, revision }),
})

/** Read back, never remembered. Undefined for a pool of somebody else. */
export const readFrom = ({ config }: Pick<NodePool, 'config'>): Written | undefined => {
  const text = config?.metadata?.[ownerKey]
  const read = text === undefined ? undefined : written.safeParse(jsonIn(text)).data
  if (!read) return undefined
  const { revision, ...owner } = read
  return { owner, revision }
}

const name = z.string().min(1)
const written = z.object({ cluster: name, controller: name, set: name, setName: name, revision: name })
