import { systemRuntime, fromKubeConfig, loadKubeConfig } from '@kube-node/core'
import { Nodes, type VolumeAttachment, VolumeAttachments, nameOf } from '@kube-node/core/api'
import { type Client, createClient, isNotFound } from '@kube-node/core/kube'
import type { ControlPlane } from '../control-plane/index.ts'
import { asNode } from '../main-job/asNode.ts'
import type { Witness } from '../story/witness.ts'

export const driver = 'story.example'
const finalizer = 'external-attacher/story-example'

/** A driver that attaches, a volume of it, and a claim that has the volume; both are called so. */
export const volume = (name: string): readonly object[] => [
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: driver }, spec: { attachRequired: true } },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      csi: { driver, volumeHandle: name },
      claimRef: { namespace: 'default', name },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeName: name, resources: { requests: { storage: '1Gi' } } },
  },
]

/** How a node's status calls the volume. */
export const uniqueName = (name: string): string => `kubernetes.io/csi/${driver}^${name}`

/**
 * Plays the part of CSI's external-attacher, a program of its own that there is not in this world: what is to be attached gets its
 * finalizer and is attached, and what is to go loses it.
 */
export const attach = (eyes: Witness, client: Client): Promise<void> =>
  eyes.see<VolumeAttachment>(VolumeAttachments, async ({ event, object }) => {
    if (event === 'DELETED') return
    const { deletionTimestamp, finalizers = [] } = object.metadata ?? {}
    const key = { name: nameOf(object) }
    if (deletionTimestamp !== undefined) {
      if (!finalizers.includes(finalizer)) return
      await client.patch(VolumeAttachments, key, { merge: { metadata: { finalizers: null } } }).catch((error: unknown) => {
        // It has been let go already, and this was told before.
        if (!isNotFound(error)) throw error
      })
    } else if (!finalizers.includes(finalizer)) {
      await client.patch(VolumeAttachments, key, { merge: { metadata: { finalizers: [finalizer] } } })
      await client.patch(VolumeAttachments, key, { merge: { status: { attached: true } } }, { subresource: 'status' })
    }
  })

/** What the kubelet of that node says of volumes: that others are to attach them, and which of them it has mounted. */
export const saysOfVolumes = async ({ kubeconfig }: ControlPlane, name: string, mounted: readonly string[]): Promise<void> => {
  await using transport = fromKubeConfig(await loadKubeConfig({ file: kubeconfig }))
  const kubelet = createClient({ transport: asNode(transport, name), clock: systemRuntime().clock })
  const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' }
  await kubelet.patch(Nodes, { name }, { merge: { metadata: { annotations } } })
  const status = { volumesInUse: mounted.map(uniqueName) }
  await kubelet.patch(Nodes, { name }, { merge: { status } }, { subresource: 'status' })
}
