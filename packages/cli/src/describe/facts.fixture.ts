import { type Condition, type Event, type Node, type NodeClass, annotations, finalizers, labels, taints } from '@kube-node/core/api'
import type { ClaimFacts } from './claim.ts'
import { type ControllerDescription, describeController } from './controllers.ts'

/** Minutes after noon. */
export const at = (minute: number): string => `2026-05-01T12:${String(minute).padStart(2, '0')}:00Z`
export const now: number = Date.parse(at(30))

export const acting: ControllerDescription = { controller: 'kube-node.dev/controller', lease: 'a/b', state: 'acting', why: '', next: '' }
export const absent: ControllerDescription = describeController('kube-node.dev/controller', [], 'kube-node-system', now)

export const nodeClass = (
  spec: Partial<NodeClass['spec']> = {},
  conditions: readonly Condition[] = [{ type: 'Ready', status: 'True' }],
): NodeClass => ({
  metadata: { name: 'small', generation: 1 },
  spec: { provider: 'p', ...spec },
  status: { observedGeneration: 1, conditions },
})

export interface Story {
  readonly phase?: string
  readonly record?: Readonly<Record<string, unknown>> | string
  readonly joined?: boolean
  readonly ready?: 'True' | 'False' | 'Unknown'
  readonly conditions?: readonly Condition[]
  readonly deletedAt?: string
  readonly finalizers?: readonly string[]
  readonly annotations?: Readonly<Record<string, string>>
  readonly cordoned?: boolean
  readonly taints?: readonly string[]
  readonly unclaimed?: boolean
  readonly nodeClass?: ClaimFacts['nodeClass']
  readonly events?: readonly Event[]
  readonly controller?: ControllerDescription
}

const base = { attempt: 1, controller: 'kube-node.dev/controller', provider: 'p', connection: { config: {} } }

export const claimNode = (story: Story): Node => {
  const { phase, record, joined, ready, conditions = [], deletedAt, cordoned } = story
  return {
    metadata: {
      name: 'n',
      uid: 'u',
      creationTimestamp: at(0),
      ...(story.unclaimed ? {} : { labels: { [labels.class]: 'small' }, finalizers: story.finalizers ?? [finalizers.machine] }),
      annotations: {
        ...(phase === undefined ? {} : { [annotations.phase]: phase }),
        ...(record === undefined
          ? {}
          : { [annotations.machine]: typeof record === 'string' ? record : JSON.stringify({ ...base, startedAt: at(1), ...record }) }),
        ...story.annotations,
      },
      ...(deletedAt === undefined ? {} : { deletionTimestamp: deletedAt }),
    },
    spec: {
      ...(cordoned ? { unschedulable: true } : {}),
      taints: (story.taints ?? [taints.notUp]).map(key => ({ key, effect: 'NoSchedule' as const })),
    },
    status: {
      ...(joined ? { nodeInfo: { kubeletVersion: 'v1.37.0' } } : {}),
      conditions: [
        ...(ready === undefined ? [] : [{ type: 'Ready', status: ready, message: 'no CNI', lastTransitionTime: at(5) }]),
        ...conditions,
      ],
    },
  }
}

export const factsOf = (story: Story): ClaimFacts => ({
  node: claimNode(story),
  nodeClass: story.nodeClass ?? nodeClass(),
  controller: story.controller ?? acting,
  events: story.events ?? [],
  now,
})

/** What the controller says; `said` moves with the words, `since` with the status alone. */
export const said = (type: string, status: 'True' | 'False', reason: string, message: string, minute: number): Condition => ({
  type,
  status,
  reason,
  message,
  lastHeartbeatTime: at(minute),
  lastTransitionTime: at(2),
})
