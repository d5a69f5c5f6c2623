import { type Node, type NodeSet, annotations, finalizers, labels, taints } from '../../api/index.ts'
import { formatAnnouncedEnd, formatRecord } from '../../claim/index.ts'
import type { NoOffer, Offer } from '../../inventory/index.ts'
import type { Choice, NodeSetFacts } from './facts.ts'
import { memberOf } from './member.ts'

export const now = 1_800_000_000_000
export const time = (ms: number): string => new Date(ms).toISOString()

export const good = { nodeClass: { metadata: { name: 'small' }, spec: { provider: 'test', limits: { nodes: 5 } } } } as unknown as Offer
export const none: NoOffer = { problem: { reason: 'ClassNotFound', message: 'there is no NodeClass "small"' } }

export const set = (spec: Partial<NodeSet['spec']> = {}, more: Partial<NodeSet> = {}): NodeSet => ({
  metadata: { name: 'workers', uid: 's', generation: 1 },
  spec: { replicas: 3, nodeClassName: 'small', ...spec },
  ...more,
})

export interface Parts {
  readonly className?: string
  readonly revision?: string
  readonly zone?: string
  /** Default true: it has a machine. */
  readonly provisioned?: boolean
  readonly joined?: boolean
  readonly ready?: 'True' | 'False' | 'Unknown'
  readonly deleting?: boolean
  /** Seconds. */
  readonly age?: number
  /** Seconds for which it has been ready, or not. Default its age. */
  readonly since?: number
  readonly cost?: string
  readonly kept?: boolean
  readonly warm?: boolean
  readonly drift?: string
  readonly interruption?: string
  readonly soldOut?: boolean
}

export const node = (name: string, parts: Parts = {}): Node => {
  const { joined = true, ready = 'True', deleting = false, age = 0, provisioned = true, zone, since: changed = age } = parts
  const since = time(now - age * 1_000)
  const record = {
    attempt: 1,
    controller: 'kube-node.dev/controller',
    provider: 'test',
    connection: { config: {} },
    ...(provisioned ? { id: name } : {}),
    ...(zone === undefined ? {} : { zone }),
  }
  return {
    metadata: {
      name,
      uid: name,
      finalizers: [finalizers.machine],
      creationTimestamp: since,
      labels: { [labels.class]: parts.className ?? 'small', [labels.revision]: parts.revision ?? 'new' },
      annotations: {
        [annotations.machine]: formatRecord(record),
        ...(parts.cost === undefined ? {} : { [annotations.deletionCost]: parts.cost }),
        ...(parts.interruption === undefined
          ? {}
          : { [annotations.interruption]: formatAnnouncedEnd({ id: name, reason: parts.interruption }) }),
        ...(parts.kept === true ? { [annotations.doNotDisrupt]: 'true' } : {}),
      },
      ...(deleting ? { deletionTimestamp: time(now) } : {}),
    },
    spec: {
      taints: [
        ...(joined ? [] : [{ key: taints.notUp, effect: 'NoExecute' as const }]),
        ...(parts.warm === true ? [{ key: taints.headroom, effect: 'NoSchedule' as const }] : []),
      ],
    },
    status: {
      ...(joined ? { nodeInfo: { kubeletVersion: 'v1.37.2' } } : {}),
      conditions: [
        { type: 'Ready', status: ready, lastTransitionTime: time(now - changed * 1_000) },
        ...(parts.drift === undefined ? [] : [{ type: 'Drifted', status: 'True' as const, message: parts.drift }]),
        ...(parts.soldOut === true ? [{ type: 'MachineProvisioned', status: 'False' as const, reason: 'InsufficientCapacity' }] : []),
      ],
    },
  }
}

export const choice = (over: Partial<Choice> = {}): Choice => ({
  className: 'small',
  offer: good,
  revision: 'new',
  room: Infinity,
  zones: [{ name: undefined, closedMs: 0 }],
  ...over,
})

export const facts = ({ nodes = [], ...over }: Partial<NodeSetFacts> & { readonly nodes?: readonly Node[] } = {}): NodeSetFacts => ({
  set: set(),
  members: nodes.map(memberOf),
  orphans: [],
  choices: [choice()],
  earlier: [],
  unknown: 0,
  podsOn: () => ({ count: 0, kept: undefined }),
  now,
  ...over,
})
