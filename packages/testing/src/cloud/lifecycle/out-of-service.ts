import {
  type KubeObject,
  type Node,
  Nodes,
  type Pod,
  Pods,
  type VolumeAttachment,
  VolumeAttachments,
  hasTaint,
  isReady,
  nameOf,
  pathOf,
  taints,
} from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { type Duration, type Log, type Runtime, durationMs } from '@kube-node/core/runtime'
import { agenda } from '../../clock/index.ts'
import { follow } from '../kubelet/follow.ts'
import { send } from '../kubelet/request.ts'

export interface SimulatedOutOfServiceOptions {
  readonly transport: KubeTransport
  readonly runtime: Runtime
  readonly log?: Log
  /** How often it looks. Default 20s, as kube-controller-manager's pod collector. */
  readonly period?: Duration
}

/**
 * What kube-controller-manager does about a Node with the taint `node.kubernetes.io/out-of-service` that is not ready: its pods
 * are deleted by force, and then its volumes are detached (KEP-2268).
 */
export interface SimulatedOutOfService {
  /** Runs until the signal fires; resolves when what was under way has ended. */
  run(signal: AbortSignal): Promise<void>
}

export const simulatedOutOfService = ({
  transport,
  runtime,
  log,
  period = '20s',
}: SimulatedOutOfServiceOptions): SimulatedOutOfService => ({
  async run(signal) {
    const nodes = new Map<string, Node>()
    const pods = new Map<string, Pod>()
    const attachments = new Map<string, VolumeAttachment>()
    const underWay = new Set<Promise<void>>()
    using plan = agenda(runtime.clock)
    const keyOf = ({ metadata }: KubeObject): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
    const isOut = (name: string | undefined): boolean => {
      const node = nodes.get(`/${name ?? ''}`)
      return node !== undefined && hasTaint(node.spec?.taints, { key: taints.outOfService }) && !isReady(node)
    }
    const remove = (path: string, uid: string | undefined): void => {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } }
      const done = send(transport, { method: 'DELETE', path, body, signal, expect: [404, 409] })
        .then(() => undefined)
        .catch((error: unknown) => {
          if (!signal.aborted) log?.('debug', 'the simulated collector could not delete', { path, error: String(error) })
        })
        .finally(() => underWay.delete(done))
      underWay.add(done)
    }
    const look = (): void => {
      const left = [...pods.values()].filter(pod => isOut(pod.spec?.nodeName))
      for (const { metadata } of left) remove(pathOf(Pods, metadata?.namespace, metadata?.name), metadata?.uid)
      const busy = new Set(left.map(pod => pod.spec?.nodeName))
      for (const attachment of attachments.values()) {
        const node = attachment.spec?.nodeName
        if (isOut(node) && !busy.has(node)) remove(pathOf(VolumeAttachments, undefined, nameOf(attachment)), attachment.metadata?.uid)
      }
      plan.after(durationMs(period), look)
    }
    const mirror = <T extends KubeObject>(resource: Parameters<typeof follow>[0]['resource'], into: Map<string, T>): Promise<void> =>
      follow<T>(
        { resource, changed: object => void into.set(keyOf(object), object), deleted: object => void into.delete(keyOf(object)) },
        { transport, runtime, log },
        signal,
      )

    plan.after(durationMs(period), look)
    await Promise.all([mirror(Nodes, nodes), mirror(Pods, pods), mirror(VolumeAttachments, attachments)])
    await Promise.all(underWay)
  },
})
