import { type Node, type NodeClass, annotations, finalizers, labels, taints } from '../api/index.ts'
import { type MachineRecord, formatRecord, revisionOf } from '../claim/index.ts'
import type { GoodOffer } from '../inventory/index.ts'
import { type Machine, type MachineProvider, type OpaqueConfig, type Schema, defineProvider } from '../provider/index.ts'
import type { Flight, Mirror, NodeFacts } from './facts.ts'

/** Facts for tests of the plan: an ordinary claim in an ordinary world, and what a test makes different. */

export const start = 1_800_000_000_000
export const uid = 'uid-1'
/** Monotonic now of every fixture. */
export const now = 1_000_000

const anything: Schema<OpaqueConfig> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    // Whatever a fixture's class holds is an object.
    validate: value => ({ value: value as OpaqueConfig }),
    jsonSchema: { input: () => ({}) },
  },
}

export const provider: MachineProvider = defineProvider({
  name: 'test',
  config: anything,
  connection: ['region'],
  idempotency: 'token',
  bootstrap: 'none',
  consistencyWindow: '10s',
  connect: () => {
    throw new Error('a plan connects to nothing')
  },
})

export const nodeClass: NodeClass = { metadata: { name: 'small', generation: 1 }, spec: { provider: 'test', config: { region: 'r1' } } }

export const offer: GoodOffer = {
  nodeClass,
  provider,
  written: { region: 'r1' },
  config: { region: 'r1' },
  connection: { config: { region: 'r1' } },
  template: {},
}

export const record = (more: Partial<MachineRecord> = {}): MachineRecord => ({
  attempt: 1,
  controller: 'kube-node.dev/controller',
  provider: 'test',
  connection: { config: { region: 'r1' } },
  config: { region: 'r1' },
  startedAt: new Date(start).toISOString(),
  ...more,
})

/** A record whose machine's id is known. */
export const noted = (more: Partial<MachineRecord> = {}): MachineRecord => {
  const { config: _sent, ...rest } = record()
  return { ...rest, id: 'm-1', providerID: 'test://m-1', createdAt: new Date(start).toISOString(), ...more }
}

export const machine = (more: Partial<Machine> = {}): Machine => ({
  id: 'm-1',
  providerID: 'test://m-1',
  state: 'running',
  createdAt: new Date(start).toISOString(),
  zone: 'z1',
  owner: { cluster: 'c', controller: 'kube-node.dev/controller', claim: uid, nodeName: 'a', attempt: 1 },
  ...more,
})

export interface NodeParts {
  readonly record?: MachineRecord
  readonly joined?: boolean
  readonly ready?: 'True' | 'False' | 'Unknown'
  readonly phase?: string
  readonly taints?: readonly string[]
  readonly deletedAt?: number
  readonly finalizer?: boolean
  readonly spec?: Node['spec']
  readonly labels?: Readonly<Record<string, string>>
  readonly conditions?: NonNullable<Node['status']>['conditions']
}

export const claim = (parts: NodeParts = {}): Node => ({
  metadata: {
    name: 'a',
    uid,
    resourceVersion: '5',
    labels: { [labels.class]: 'small', [labels.revision]: revisionOf(nodeClass.spec, offer.written), ...parts.labels },
    annotations: {
      ...(parts.record ? { [annotations.machine]: formatRecord(parts.record) } : {}),
      ...(parts.phase === undefined ? {} : { [annotations.phase]: parts.phase }),
    },
    finalizers: parts.record && parts.finalizer !== false ? [finalizers.machine] : [],
    ...(parts.deletedAt === undefined ? {} : { deletionTimestamp: new Date(parts.deletedAt).toISOString() }),
  },
  spec: {
    taints: (parts.taints ?? [taints.notUp]).map(key => ({ key, effect: 'NoSchedule' as const })),
    ...parts.spec,
  },
  status: {
    ...(parts.joined ? { nodeInfo: { kubeletVersion: 'v1.37.2' } } : {}),
    conditions: [...(parts.ready === undefined ? [] : [{ type: 'Ready', status: parts.ready }]), ...(parts.conditions ?? [])],
  },
})

/** A claim on its way down after its machine ran: cordoned already. */
export const leaving = (parts: NodeParts = {}): Node =>
  claim({
    record: noted(),
    joined: true,
    ready: 'True',
    deletedAt: start,
    phase: 'Deleting',
    taints: [taints.deleting],
    ...parts,
    spec: { unschedulable: true, ...parts.spec },
  })

export const flight = (more: Partial<Flight> = {}): Flight => ({
  inherited: false,
  firstSeenAt: now - 500_000,
  sent: false,
  failure: undefined,
  removalFailure: undefined,
  unknownSince: undefined,
  createdAt: undefined,
  deletions: new Map(),
  missingSince: undefined,
  document: undefined,
  configuredAt: undefined,
  runningSince: now - 60_000,
  recovery: undefined,
  refusals: new Map(),
  said: new Map(),
  drainedAt: undefined,
  goneAt: undefined,
  ...more,
})

export const mirror = (more: Partial<Mirror> = {}): Mirror => ({
  idempotency: 'token',
  bootstrap: 'user-data',
  nodeNames: 'claim',
  twins: 0,
  machines: [],
  ended: false,
  listedAt: now - 1_000,
  listProblem: undefined,
  credentials: 'v1',
  consistencyWindowMs: 10_000,
  createTimeoutMs: 60_000,
  frozen: undefined,
  distrusted: undefined,
  ...more,
})

export const facts = (node: Node, more: Partial<NodeFacts> = {}): NodeFacts => ({
  node,
  offer,
  admitted: true,
  now: { wall: start + 60_000, monotonic: now },
  controller: 'kube-node.dev/controller',
  garbage: 'delete',
  timeouts: { provisionMs: 900_000, joinMs: 900_000, drainMs: 3_600_000, volumeDetachMs: 360_000 },
  flight: flight(),
  mirror: mirror(),
  leftBehind: undefined,
  isDoubted: false,
  cloudControllerManager: false,
  stockout: undefined,
  dress: undefined,
  canAdopt: undefined,
  unkept: undefined,
  inputs: 0,
  heir: undefined,
  origin: undefined,
  namesake: undefined,
  pods: [],
  attachments: [],
  ...more,
})

export const failure = (more: Partial<NonNullable<Flight['failure']>> = {}): NonNullable<Flight['failure']> => ({
  attempt: 1,
  reason: 'InsufficientCapacity',
  message: 'provider test: InsufficientCapacity: none left',
  madeNothing: true,
  elsewhere: false,
  retryAt: now - 1,
  delayMs: 15_000,
  classGeneration: 1,
  credentials: 'v1',
  inputs: 0,
  ...more,
})
