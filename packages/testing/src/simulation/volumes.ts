import { type Node, type Pod, type VolumeAttachment, VolumeAttachments, hasTaint, isReady, nameOf, taints } from '@kube-node/core/api'
import { type Client, isAlreadyExists, isConflict, isNotFound } from '@kube-node/core/kube'
import { persistentVolumeOf, volumeNames, volumeOf } from './pods.ts'
import type { Truth } from './truth.ts'
import type { World } from './world.ts'

/** How long volumes stay attached that nobody uses any more. Incidents change it. */
export interface Storage {
  /** World time until which nothing is detached at all. */
  stuckUntil: number
}

export interface Attaching {
  readonly world: World
  readonly truth: Truth
  readonly client: Client
  readonly storage: Storage
}

/** The attach-detach controller of kube-controller-manager, in small: one look. Attached for pods, detached a while after them. */
export const attachAndDetach = ({ world, truth, client, storage }: Attaching): (() => Promise<void>) => {
  const idleSince = new Map<string, number>()
  const nameFor = (volume: string, node: string): string => `${persistentVolumeOf(volume)}-on-${node}`

  const users = (volume: string, node: string): readonly Pod[] => truth.podsOn(node).filter(pod => volumeOf(pod) === volume)
  const detach = async (attachment: VolumeAttachment): Promise<void> => {
    try {
      await client.delete(VolumeAttachments, { name: nameOf(attachment) }, { uid: attachment.metadata?.uid ?? '' })
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error
    }
  }
  const attach = async (volume: string, node: string): Promise<void> => {
    const metadata = { name: nameFor(volume, node) }
    const spec = { attacher: 'csi.example', nodeName: node, source: { persistentVolumeName: persistentVolumeOf(volume) } }
    try {
      await client.create(VolumeAttachments, { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata, spec })
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }
  const isDue = (attachment: VolumeAttachment, node: Node | undefined): boolean => {
    const name = nameOf(attachment)
    if (!node) return true
    const volume = volumeNames.find(each => persistentVolumeOf(each) === attachment.spec?.source.persistentVolumeName) ?? ''
    if (users(volume, nameOf(node)).length > 0) {
      idleSince.delete(name)
      return false
    }
    if (hasTaint(node.spec?.taints, { key: taints.outOfService }) && !isReady(node)) return true
    const since = idleSince.get(name) ?? world.now
    idleSince.set(name, since)
    return world.now >= storage.stuckUntil && world.now - since >= detachMs(world.draw(`${name} at ${since}`))
  }

  return async () => {
    for (const attachment of truth.attachments.all.values()) {
      if (!isDue(attachment, truth.nodes.all.get(attachment.spec?.nodeName ?? ''))) continue
      idleSince.delete(nameOf(attachment))
      await detach(attachment)
    }
    const attached = new Set([...truth.attachments.all.values()].map(({ spec }) => spec?.source.persistentVolumeName))
    for (const pod of truth.pods.all.values()) {
      const volume = volumeOf(pod)
      const node = pod.spec?.nodeName
      if (volume === undefined || node === undefined || pod.metadata?.deletionTimestamp !== undefined) continue
      if (!attached.has(persistentVolumeOf(volume)) && truth.nodes.all.has(node)) await attach(volume, node)
    }
  }
}

/** Seconds mostly, and more than a drain waits now and then. */
const detachMs = (draw: number): number => (draw < 0.75 ? draw * 12_000 : (draw - 0.75) * 400_000)
