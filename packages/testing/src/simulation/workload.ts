import {
  type Node,
  type Pod,
  DaemonSets,
  PersistentVolumeClaims,
  PodDisruptionBudgets,
  Pods,
  findCondition,
  hasTaint,
  isReady,
  nameOf,
  pathOf,
  taints,
} from '@kube-node/core/api'
import { type Client, type KubeTransport, isAlreadyExists, isNotFound } from '@kube-node/core/kube'
import type { Chance } from './chance.ts'
import { drawPod, isHeld, persistentVolumeOf, podNamespace, volumeNames, volumeOf } from './pods.ts'
import type { Truth } from './truth.ts'
import { type Storage, attachAndDetach } from './volumes.ts'
import type { World } from './world.ts'

export interface WorkloadOptions {
  readonly world: World
  readonly truth: Truth
  readonly client: Client
  readonly transport: KubeTransport
  readonly chance: Chance
  readonly pods: number
  readonly minAvailable: number
  readonly storage: Storage
  readonly holds: Holds
}

/** What keeps pods where they are. */
export interface Holds {
  /** World time until which the owner of the pods' finalizers does not look after them. */
  until: number
  /** Some of the new ones must not be disrupted. */
  guards: boolean
}

const everyMs = 3_000
/** From the deletion of a pod until the owner of its finalizer has seen that it ended. */
const holdMs = 8_000
/** How long pods tolerate a node that does not answer. */
const tolerationMs = 60_000

/**
 * The pods of the cluster, and in small those who look after them: a Deployment, a DaemonSet, the scheduler, and the parts
 * of kube-controller-manager that take pods from nodes that are gone or silent.
 */
export const startWorkload = async (options: WorkloadOptions): Promise<void> => {
  const { world, truth, client, transport, chance, pods, minAvailable, storage, holds } = options
  const signal = new AbortController().signal
  let names = 0
  const containers = [{ name: 'c', image: 'web:1' }]
  const lookAtVolumes = attachAndDetach({ world, truth, client, storage })
  await client.create(PodDisruptionBudgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: podNamespace },
    spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
  })
  for (const name of volumeNames) {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: persistentVolumeOf(name) }
    const metadata = { name, namespace: podNamespace }
    await client.create(PersistentVolumeClaims, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec })
  }
  // The rest of a DaemonSet's pod template is of no use here: the type is core's small view of it.
  const template = { metadata: { labels: { app: 'agent' } }, spec: { containers } }
  const daemons = await client.create(DaemonSets, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: podNamespace },
    spec: { selector: { matchLabels: { app: 'agent' } }, template },
  })
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: daemons.metadata?.uid ?? '', controller: true }

  const quietly = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work
    } catch (error) {
      // Somebody was quicker.
      if (!isNotFound(error) && !isAlreadyExists(error)) throw error
    }
  }
  const remove = (pod: Pod, gracePeriodSeconds?: number): Promise<void> => {
    const path = pathOf(Pods, podNamespace, nameOf(pod))
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: pod.metadata?.uid },
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    }
    return quietly(transport.request({ method: 'DELETE', path, body, signal }))
  }
  const bind = (pod: Pod, node: Node): Promise<void> => {
    const target = { apiVersion: 'v1', kind: 'Node', name: nameOf(node) }
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: nameOf(pod), namespace: podNamespace }, target }
    return quietly(transport.request({ method: 'POST', path: pathOf(Pods, podNamespace, nameOf(pod), 'binding'), body, signal }))
  }

  const isOver = (pod: Pod): boolean =>
    isHeld(pod) &&
    pod.metadata?.deletionTimestamp !== undefined &&
    world.now >= holds.until &&
    world.wall > Date.parse(pod.metadata.deletionTimestamp) - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1_000 + holdMs
  const release = (pod: Pod): Promise<void> =>
    quietly(client.patch(Pods, { namespace: podNamespace, name: nameOf(pod) }, { merge: { metadata: { finalizers: null } } }))

  const tick = async (): Promise<void> => {
    await lookAtVolumes()
    const nodes = [...truth.nodes.all.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    const all = [...truth.pods.all.values()]
    for (const pod of all) {
      const nodeName = pod.spec?.nodeName
      const node = nodeName === undefined ? undefined : truth.nodes.all.get(nodeName)
      const isOut = node !== undefined && hasTaint(node.spec?.taints, { key: taints.outOfService }) && !isReady(node)
      if (isOver(pod)) await release(pod)
      if (nodeName !== undefined && (!node || isOut)) await remove(pod, 0)
      else if (node && pod.metadata?.deletionTimestamp === undefined && isSilent(node, world.wall) && !isDaemon(pod)) await remove(pod)
    }
    const web = all.filter(pod => pod.metadata?.labels?.['app'] === 'web' && pod.metadata.deletionTimestamp === undefined)
    for (let missing = pods - web.length; missing > 0; missing--) {
      const used = new Set([...truth.pods.all.values()].map(volumeOf))
      const free = volumeNames.filter(volume => !used.has(volume))
      await quietly(client.create(Pods, drawPod(`web-${++names}`, chance, free, holds.guards)))
    }
    for (const node of nodes) {
      const name = `agent-${nameOf(node)}`
      if (findCondition(node.status?.conditions, 'Ready')?.status !== 'True' || truth.pods.all.has(`${podNamespace}/${name}`)) continue
      const metadata = { name, namespace: podNamespace, labels: { app: 'agent' }, ownerReferences: [owner] }
      await quietly(client.create(Pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: nameOf(node), containers } }))
    }
    for (const pod of truth.pods.all.values()) {
      if (pod.spec?.nodeName !== undefined || pod.metadata?.deletionTimestamp !== undefined) continue
      const fit = [...truth.nodes.all.values()].filter(takesPods).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
      if (fit.length > 0) await bind(pod, chance.pick(fit))
    }
  }

  const run = async (): Promise<never> => {
    for (;;) {
      await world.runtime.clock.sleep(everyMs)
      await tick()
    }
  }
  run().catch((error: unknown) => world.tell(`the simulated workload stopped: ${String(error)}`))
}

const isDaemon = (pod: Pod): boolean => pod.metadata?.ownerReferences?.some(reference => reference.kind === 'DaemonSet') ?? false

const isSilent = (node: Node, wall: number): boolean => {
  const ready = findCondition(node.status?.conditions, 'Ready')
  return ready?.status === 'Unknown' && wall - Date.parse(ready.lastTransitionTime ?? '') > tolerationMs
}

const takesPods = (node: Node): boolean =>
  findCondition(node.status?.conditions, 'Ready')?.status === 'True' &&
  node.spec?.unschedulable !== true &&
  !(node.spec?.taints ?? []).some(taint => taint.effect !== 'PreferNoSchedule')
