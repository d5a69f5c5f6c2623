import { classNameOf, hasJoined, holdersOf, isBroken, isDeleting, recordOf, revisionOf, whyLeaving } from '@kube-node/core'
import {
  type CertificateSigningRequest,
  type Event,
  type Node,
  type NodeClass,
  type NodeSet,
  type Pod,
  type VolumeAttachment,
  annotations,
  group,
  labels,
  mergePatch,
  nameOf,
} from '@kube-node/core/api'
import type { Referred } from '../cluster/index.ts'
import { type ControllerDescription, goodRecordOf, timeOf } from '../describe/index.ts'
import { type NodeRow, present } from '../status/index.ts'
import { type CertificateFacts, certificatesOf } from './certificates.ts'
import type { Asked } from './machine.ts'

/** What was read for one Node; undefined: it may not be read, or nothing refers to such a thing. */
export interface NodeChain {
  readonly node: Node
  readonly row: NodeRow
  readonly controller: ControllerDescription
  readonly nodeClass: Referred<NodeClass> | undefined
  readonly set: Referred<NodeSet> | undefined
  /** Whether the Secret with the provider's credentials is there; never what it holds. */
  readonly secret: Referred<'there'> | undefined
  /** RFC 3339: until when the API server takes the bootstrap token; never its secret. */
  readonly token: Referred<{ readonly expiresAt: string }> | undefined
  readonly certificates: readonly CertificateSigningRequest[] | undefined
  readonly pods: readonly Pod[] | undefined
  readonly attachments: readonly VolumeAttachment[] | undefined
  readonly events: readonly Event[] | undefined
  readonly asked: Asked | undefined
}

/** Names and meanings of these fields are what `-o json` shows. */
export interface NodeExplanation {
  readonly node: NodeRow & {
    readonly kubelet?: string
    readonly cordoned: boolean
    /** Ours. */
    readonly taints: readonly string[]
    readonly finalizers: readonly string[]
  }
  readonly class?: {
    readonly name: string
    readonly state: 'there' | 'missing' | 'forbidden'
    readonly provider?: string
    readonly ready?: string
    readonly message?: string
    /** What a new machine of this claim would be: another after a change of class or set. Absent where the set may not be read. */
    readonly revision?: string
    readonly outdated?: boolean
  }
  readonly nodeSet?: {
    readonly name: string
    readonly state: 'there' | 'missing' | 'forbidden'
    readonly desired?: number
    readonly ready?: number
  }
  readonly controller: ControllerDescription
  readonly record?: {
    readonly problem?: string
    readonly attempt?: number
    readonly provider?: string
    /** That the credentials opened, where the provider can tell. */
    readonly account?: string
    readonly connection?: Readonly<Record<string, unknown>>
    /** `namespace/name`. */
    readonly secret?: string
    readonly secretState?: 'there' | 'missing' | 'forbidden'
    readonly startedAt?: string
    readonly createdAt?: string
    readonly deletedAt?: string
  }
  readonly token?: { readonly id: string; readonly state: 'there' | 'expired' | 'missing' | 'forbidden'; readonly expiresAt?: string }
  readonly provider?: Asked
  readonly certificates?: readonly CertificateFacts[]
  readonly pods?: { readonly count: number; readonly holding: readonly { readonly name: string; readonly why: string }[] }
  readonly volumes?: readonly { readonly name: string; readonly attached: boolean; readonly problem?: string }[]
  readonly events?: readonly EventFacts[]
}

export interface EventFacts {
  readonly at: string
  readonly count: number
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly from: string
}

/** The whole chain of one Node, from what was read of it. */
export const explainNode = (chain: NodeChain, now: number): NodeExplanation => {
  const { node, row, certificates, pods, attachments, events, asked } = chain
  const kubelet = hasJoined(node) ? String(node.status?.nodeInfo?.['kubeletVersion']) : undefined
  return {
    node: {
      ...row,
      ...(kubelet !== undefined && { kubelet }),
      cordoned: node.spec?.unschedulable === true,
      taints: (node.spec?.taints ?? []).filter(({ key }) => key.startsWith(`${group}/`)).map(({ key, effect }) => `${key}:${effect}`),
      finalizers: node.metadata?.finalizers ?? [],
    },
    controller: chain.controller,
    ...present({
      class: classFacts(chain),
      nodeSet: setFacts(chain),
      record: recordFacts(chain),
      token: tokenFacts(chain, now),
      provider: asked,
      certificates: certificates && certificatesOf(node, goodRecordOf(node)?.token, certificates, events ?? []),
      pods: pods && podFacts(node, pods, now),
      volumes: attachments?.map(attachmentFacts),
      events: events && eventFacts(events),
    }),
  }
}

const stateOf = (found: Referred<unknown>): 'there' | 'missing' | 'forbidden' =>
  found === 'missing' || found === 'forbidden' ? found : 'there'

const classFacts = ({ node, nodeClass, set }: NodeChain): NodeExplanation['class'] => {
  const name = classNameOf(node)
  if (name === undefined || nodeClass === undefined) return undefined
  if (typeof nodeClass === 'string') return { name, state: nodeClass }
  const ready = nodeClass.status?.conditions?.find(({ type }) => type === 'Ready')
  const { config: overlay, restartedAt } = typeof set === 'object' ? (set.spec.template ?? {}) : { config: goodRecordOf(node)?.overlay }
  const merged = mergePatch(nodeClass.spec.config ?? {}, overlay ?? {})
  // What a set adds to its class can't be told by who may not read it.
  const revision = set === 'forbidden' ? undefined : revisionOf(nodeClass.spec, isObject(merged) ? merged : {}, restartedAt)
  const written = node.metadata?.labels?.[labels.revision]
  return {
    name,
    state: 'there',
    provider: nodeClass.spec.provider,
    ...present({
      revision,
      ready: ready?.status,
      message: ready?.message,
      outdated: written === undefined || revision === undefined ? undefined : written !== revision,
    }),
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const setFacts = ({ row, set }: NodeChain): NodeExplanation['nodeSet'] => {
  if (set === undefined) return undefined
  if (typeof set === 'string') return { name: row.nodeSet ?? '', state: set }
  return { name: nameOf(set), state: 'there', desired: set.spec.replicas ?? 1, ready: set.status?.readyReplicas ?? 0 }
}

const recordFacts = ({ node, secret }: NodeChain): NodeExplanation['record'] => {
  const record = recordOf(node)
  if (!record) return undefined
  if (isBroken(record)) return { problem: record.problem }
  const { account, attempt, provider, connection, startedAt, createdAt, deletedAt } = record
  const reference = connection.secret
  return {
    attempt,
    provider,
    connection: connection.config,
    ...present({
      account,
      secret: reference && `${reference.namespace}/${reference.name}`,
      secretState: secret === undefined ? undefined : stateOf(secret),
      startedAt,
      createdAt,
      deletedAt,
    }),
  }
}

const tokenFacts = ({ node, token }: NodeChain, now: number): NodeExplanation['token'] => {
  const id = goodRecordOf(node)?.token
  if (id === undefined || token === undefined) return undefined
  if (typeof token === 'string') return { id, state: token }
  return { id, state: (timeOf(token.expiresAt) ?? 0) <= now ? 'expired' : 'there', expiresAt: token.expiresAt }
}

const podFacts = (node: Node, pods: readonly Pod[], now: number): NodeExplanation['pods'] => ({
  count: pods.length,
  // Before its deletion nothing is drained.
  holding: !isDeleting(node)
    ? []
    : holdersOf(node, pods, now).map(({ pod, state, critical }) => ({
        name: `${pod.metadata?.namespace ?? ''}/${nameOf(pod)}`,
        why:
          state === 'protected'
            ? `annotation ${annotations.doNotDisrupt}`
            : state === 'leaving'
              ? whyLeaving(pod, node, now)
              : critical
                ? 'critical: goes after the others'
                : 'to be evicted',
      })),
})

const attachmentFacts = ({ metadata, spec, status }: VolumeAttachment): { name: string; attached: boolean; problem?: string } => ({
  name: spec?.source.persistentVolumeName ?? metadata?.name ?? '',
  attached: status?.attached ?? false,
  ...present({ problem: status?.detachError?.message }),
})

/** In the order of their newest time. */
export const eventFacts = (events: readonly Event[]): readonly EventFacts[] =>
  events
    .map(({ count, firstTimestamp, lastTimestamp, message, metadata, reason, reportingComponent, source, type }) => ({
      at: lastTimestamp ?? firstTimestamp ?? metadata?.creationTimestamp ?? '',
      count: count ?? 1,
      type: type ?? 'Normal',
      reason: reason ?? '',
      message: message ?? '',
      from: source?.component || (reportingComponent ?? ''),
    }))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
