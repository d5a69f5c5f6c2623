import { setTimeout as sleep } from 'node:timers/promises'
import { Leases, type Node, Nodes, nameOf } from '@kube-node/core/api'
import { type Client, type KubeTransport, createClient, isAlreadyExists, isConflict, isNotFound, listAll } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import type { FakeGoogle } from '@kube-node/google-fake'
import { asNode } from '../main-job/asNode.ts'

const lookEveryMs = 200
const beatEveryMs = 5_000
const { clock } = systemRuntime()

interface Kubelet {
  readonly client: Client
  beatAt: number
}

/**
 * The kubelets of all VMs that run in pools, and of Google's cloud-controller-manager what matters here: it writes providerIDs, and deletes
 * Nodes that are not ready and whose VM is gone.
 */
export const runKubelets = async (google: FakeGoogle, transport: KubeTransport, signal: AbortSignal): Promise<void> => {
  const admin = createClient({ transport, clock })
  /** By the id of the VM: one that is recreated has another kubelet, of the same name. */
  const kubelets = new Map<string, Kubelet>()
  while (!signal.aborted) {
    const running = google.gke.pools().flatMap(({ name: pool }) =>
      google.gke
        .vmsOf(pool)
        .filter(({ status }) => status === 'RUNNING')
        .map(({ id, name, zone }) => ({ id, name, zone, pool })),
    )
    for (const id of kubelets.keys()) if (!running.some(vm => vm.id === id)) kubelets.delete(id)
    for (const { id, name, zone, pool } of running) {
      const kubelet = kubelets.get(id) ?? { client: createClient({ transport: asNode(transport, name), clock }), beatAt: 0 }
      kubelets.set(id, kubelet)
      if (clock.now() - kubelet.beatAt < beatEveryMs) continue
      try {
        await register(kubelet.client, name, pool)
        await adopt(admin, name, `gce://${google.project}/${zone}/${name}`)
        await beat(kubelet.client, name)
        kubelet.beatAt = clock.now()
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error)) throw error
      }
    }
    const there = new Set(google.vms().map(({ name }) => name))
    for (const node of await listAll(admin, Nodes)) if (!there.has(nameOf(node)) && !isReady(node)) await endNode(admin, node)
    await sleep(lookEveryMs)
  }
}

const isReady = ({ status }: Node): boolean => status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True') === true

const register = async (client: Client, name: string, pool: string): Promise<void> => {
  const labels = { 'kubernetes.io/hostname': name, 'cloud.google.com/gke-nodepool': pool }
  try {
    await client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}

const adopt = async (admin: Client, name: string, providerID: string): Promise<void> => {
  const node = await admin.get(Nodes, { name })
  if (node && node.spec?.providerID === undefined) await admin.patch(Nodes, { name }, { merge: { spec: { providerID } } })
}

const beat = async (client: Client, name: string): Promise<void> => {
  const at = new Date(clock.now()).toISOString().replace(/\.\d+/, '')
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'it is', lastHeartbeatTime: at, lastTransitionTime: at }
  const merge = { status: { nodeInfo: { kubeletVersion: 'v1.37.2' }, conditions: [ready] } }
  await client.patch(Nodes, { name }, { merge }, { subresource: 'status' })
  const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z')
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime }
  const key = { namespace: 'kube-node-lease', name }
  try {
    await client.patch(Leases, key, { merge: { spec } })
  } catch (error) {
    if (!isNotFound(error)) throw error
    await client.create(Leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec })
  }
}

const endNode = async (admin: Client, node: Node): Promise<void> => {
  const { deletionTimestamp, uid = '' } = node.metadata ?? {}
  if (deletionTimestamp !== undefined) return
  try {
    await admin.delete(Nodes, { name: nameOf(node) }, { uid })
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error
  }
}
