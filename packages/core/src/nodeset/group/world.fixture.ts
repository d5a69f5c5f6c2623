import { type Node, type NodeSet, type NodeSetGroupStatus, annotations, finalizers, labels } from '../../api/index.ts'
import { type MachineRecord, formatRecord } from '../../claim/index.ts'
import type { Offer } from '../../inventory/index.ts'
import type { Group, GroupMember, GroupProvider } from '../../provider/index.ts'
import type { GroupFacts, GroupOrder, GroupPlan, View } from './facts.ts'

export const now = 1_800_000_000_000
const time = (ms: number): string => new Date(ms).toISOString()

export const record: NodeSetGroupStatus = { provider: 'test', connection: { config: {} }, id: 'g', revision: 'r0' }

export const goodOffer = {
  nodeClass: { metadata: { name: 'pool' }, spec: { provider: 'test' } },
  provider: { name: 'test' },
  connection: { config: {} },
  written: {},
  config: {},
  template: {},
} as unknown as Offer<GroupProvider>

export const set = (spec: Partial<NodeSet['spec']> = {}, status: NodeSet['status'] = { group: record }): NodeSet => ({
  metadata: { name: 'workers', uid: 's', generation: 1, finalizers: [finalizers.group] },
  spec: { replicas: 3, nodeClassName: 'pool', ...spec },
  status,
})

/** A machine of the group, and what became of its Node. */
export interface Being {
  readonly id: string
  readonly revision: string
  readonly leaves: boolean
  readonly node: 'none' | 'unlabelled' | 'running' | 'draining' | 'drained'
  readonly ready: boolean
  readonly age: number
}

export interface World {
  set: NodeSet
  /** What the class says. */
  revision: string
  /** What the group makes. */
  made: string
  size: number
  step: number
  min: number
  max: number
  busy: boolean
  beings: readonly Being[]
  born: number
}

export const machineOf = ({ id, leaves, revision, age }: Being): GroupMember => ({
  id,
  providerID: `p://${id}`,
  state: leaves ? 'stopping' : 'running',
  createdAt: time(now - age * 1_000),
  revision,
})

export const nodeOf = ({ id, node, ready, revision, age }: Being): readonly Node[] => {
  if (node === 'none') return []
  const machine: MachineRecord = {
    attempt: 1,
    controller: 'k',
    provider: 'test',
    connection: { config: {} },
    id,
    providerID: `p://${id}`,
    group: { id: 'g', set: 's' },
    ...(node === 'drained' && { deletedAt: time(now) }),
  }
  const since = time(now - age * 1_000)
  const ours = node !== 'unlabelled'
  return [
    {
      metadata: {
        name: `node-${id}`,
        uid: `node-${id}`,
        creationTimestamp: since,
        ...(ours && {
          finalizers: [finalizers.machine],
          labels: { [labels.class]: 'pool', [labels.nodeset]: 'workers', [labels.revision]: revision },
          annotations: { [annotations.machine]: formatRecord(machine) },
          ownerReferences: [{ apiVersion: 'x/v1', kind: 'NodeSet', name: 'workers', uid: 's', controller: true }],
        }),
        ...((node === 'draining' || node === 'drained') && { deletionTimestamp: time(now) }),
      },
      spec: { providerID: `p://${id}` },
      status: {
        nodeInfo: { kubeletVersion: 'v1.37.2' },
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown', lastTransitionTime: since }],
      },
    },
  ]
}

export const groupOf = ({ size, step, min, max, busy, beings, made }: World): Group => ({
  id: 'g',
  size,
  min,
  max,
  step,
  ...(busy && { busy: 'it works' }),
  revision: made,
  members: beings.map(machineOf),
})

export const view = (group: Group | undefined, more: Partial<View> = {}): View => ({
  group,
  settled: true,
  absentForMs: 0,
  consistencyWindowMs: 2_000,
  landingMs: 120_000,
  listedAt: now,
  account: undefined,
  can: { create: true, destroy: true, update: true },
  ...more,
})

export const facts = (more: Partial<GroupFacts> = {}): GroupFacts => ({
  set: set(),
  cluster: 'c',
  controller: 'k',
  garbage: 'delete',
  className: 'pool',
  offer: goodOffer,
  revision: 'r0',
  room: Infinity,
  view: view(undefined),
  nodes: [],
  sets: new Set(['s']),
  taken: undefined,
  failure: undefined,
  podsOn: () => ({ count: 0, kept: undefined }),
  now,
  ...more,
})

/** The set when the plan's record, if there is one, has been written. */
export const recorded = (given: GroupFacts, { steps }: GroupPlan): GroupFacts =>
  steps.reduce(
    (known, step) =>
      step.do === 'record' ? { ...known, set: { ...known.set, status: { ...known.set.status, group: step.record } } } : known,
    given,
  )

export const factsOf = (world: World): GroupFacts =>
  facts({ set: world.set, revision: world.revision, view: view(groupOf(world)), nodes: world.beings.flatMap(nodeOf) })

export const start = (): World => ({
  set: set(),
  revision: 'r0',
  made: 'r0',
  size: 0,
  step: 1,
  min: 0,
  max: 1_000,
  busy: false,
  beings: [],
  born: 0,
})

const obey = (world: World, order: GroupOrder): void => {
  if (order.do === 'update') world.made = world.revision
  if (order.do === 'resize') world.size = order.size
  if (order.do !== 'remove') return
  const going = new Set(order.ids)
  if (!order.replace) world.size -= world.beings.filter(({ id, leaves }) => going.has(id) && !leaves).length
  world.beings = world.beings.map(being => (going.has(being.id) ? { ...being, leaves: true } : being))
}

/** Carries a plan out: the writes, and the order as far as `answers`. */
export const carryOut = (world: World, plan: GroupPlan, answers = true): void => {
  const change = (name: string | undefined, node: Being['node']): void => {
    world.beings = world.beings.map(being => (`node-${being.id}` === name ? { ...being, node } : being))
  }
  for (const step of plan.steps) {
    if (step.do === 'claim') change(step.node.metadata?.name, 'running')
    if (step.do === 'delete') change(step.node.metadata?.name, 'draining')
    if (step.do === 'record') world.set = { ...world.set, status: { ...world.set.status, group: step.record } }
    if (step.do === 'follow') world.set = { ...world.set, spec: { ...world.set.spec, replicas: step.replicas } }
  }
  if (plan.order && answers) obey(world, plan.order)
}

/** The cloud makes one machine that is lacking, or lets one go that leaves, or takes one away that is too many. */
export const cloudWorks = (world: World): boolean => {
  const gone = world.beings.find(({ leaves }) => leaves)
  if (gone) {
    world.beings = world.beings.filter(being => being !== gone)
    return true
  }
  const live = world.beings.length
  if (live < world.size) {
    const id = `m${world.born++}`
    const newborn: Being = { id, revision: world.made, leaves: false, node: 'none', ready: false, age: 1_000 - world.born }
    world.beings = [...world.beings, newborn]
    return true
  }
  const [oldest] = world.beings
  if (live > world.size && oldest) {
    world.beings = world.beings.map(being => (being === oldest ? { ...being, leaves: true } : being))
    return true
  }
  return false
}
