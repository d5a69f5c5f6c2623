import { type Node, PersistentVolumeClaims, type Pod, VolumeAttachments, nameOf } from '../../api/index.ts'
import { isFinished } from '../../claim/index.ts'
import type { Attachment } from '../facts.ts'
import { byNode } from '../indexes.ts'
import type { Life } from '../life.ts'

/**
 * Volumes that are attached to a node and that no pod which stays on it uses (a DaemonSet's, say): those must be detached before
 * the machine goes. Claims are asked for only when there is something to tell apart.
 */
export const attachmentsOf = async ({ context }: Life, node: Node, pods: readonly Pod[]): Promise<readonly Attachment[]> => {
  const attached = context.store(VolumeAttachments).by(byNode, nameOf(node))
  if (attached.length === 0) return []
  const kept = new Set<string>()
  for (const pod of pods) {
    if (isFinished(pod)) continue
    for (const name of claimsOf(pod)) {
      const claim = await context.client.get(PersistentVolumeClaims, { namespace: pod.metadata?.namespace ?? '', name }, context.signal)
      if (claim?.spec?.volumeName !== undefined) kept.add(claim.spec.volumeName)
    }
  }
  return attached.flatMap(({ metadata, spec, status }) => {
    const volume = spec?.source.persistentVolumeName ?? metadata?.name ?? ''
    const problem = status?.detachError?.message
    return kept.has(volume) ? [] : [{ volume, ...(problem === undefined ? {} : { problem }) }]
  })
}

/** Names of the claims that a pod's volumes come from; a generic ephemeral volume's claim is named after pod and volume. */
const claimsOf = (pod: Pod): readonly string[] =>
  (pod.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) =>
    persistentVolumeClaim ? [persistentVolumeClaim.claimName] : ephemeral ? [`${nameOf(pod)}-${name}`] : [],
  )
