// What a decision on a large set costs: 5,000 nodes in the middle of a rollout, and twice as many; and growth in a rollout that is
// paused. One process, one core.
import { type Choice, type Member, type NodeSetFacts, memberOf, planNodeSet } from '@kube-node/core'
import { type Node, labels } from '@kube-node/core/api'

/** Milliseconds of the processor: what else runs on the machine does not count. */
const spent = (): number => process.cpuUsage().user / 1_000
const now = Date.parse('2026-01-01T00:00:00Z')
const zones = ['a', 'b', 'c']
const rounds = 31
const limitMs = 20
/** Times as long for twice as many nodes, at most. */
const mostGrowth = 3.2

const nodeAt = (i: number): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `workers-${i}`,
    uid: `uid-${i}`,
    creationTimestamp: new Date(now - i * 1_000).toISOString(),
    labels: {
      [labels.class]: 'small',
      [labels.revision]: i % 2 === 0 ? 'old' : 'new',
      [labels.zone]: zones[i % zones.length] ?? '',
    },
  },
  spec: {},
  status: {
    nodeInfo: { kubeletVersion: 'v1.37.2' },
    conditions: [{ type: 'Ready', status: i % 50 === 0 ? 'Unknown' : 'True', lastTransitionTime: new Date(now - 900_000).toISOString() }],
  },
})

const choiceOf = (revision: string): Choice => ({
  className: 'small',
  // As much of an offer as a plan looks at.
  offer: { nodeClass: { metadata: { name: 'small' }, spec: { provider: 'none' } } } as never,
  revision,
  room: Infinity,
  zones: zones.map(name => ({ name, closedMs: 0 })),
})

const factsOf = (members: readonly Member[], paused: boolean): NodeSetFacts => ({
  set: {
    metadata: { name: 'workers', uid: 'set', generation: 1 },
    spec: {
      // One that grows by half while its rollout has stopped.
      replicas: paused ? members.length * 1.5 : members.length + 100,
      paused,
      nodeClassName: 'small',
      strategy: { rollingUpdate: { maxSurge: '10%', maxUnavailable: '5%' } },
      maxLifetime: '720h',
      repair: { unhealthy: [{ type: 'Ready', status: 'Unknown', after: '10m' }], maxUnhealthy: '40%' },
    },
  },
  members,
  choices: [choiceOf('new')],
  earlier: [{ name: 'old', choices: [choiceOf('old')] }],
  orphans: [],
  unknown: 0,
  podsOn: () => ({ count: 1, kept: undefined }),
  now,
})

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const measure = (count: number, paused = false): { readonly plan: number; readonly read: number } => {
  const nodes = Array.from({ length: count }, (_, i) => nodeAt(i))
  const plans: number[] = []
  const reads: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = spent()
    const members = nodes.map(memberOf)
    const read = spent()
    const { create, remove } = planNodeSet(factsOf(members, paused))
    plans.push(spent() - read)
    reads.push(read - began)
    if (create.length === 0 || (remove.length === 0 && !paused)) throw new Error('there was nothing to decide')
  }
  return { plan: median(plans), read: median(reads) }
}

measure(1_000)
const [half, whole, stopped] = [measure(5_000), measure(10_000), measure(5_000, true)]
const ms = (value: number): string => value.toFixed(1)
console.log(`5,000 nodes: planned in ${ms(half.plan)} ms (limit ${limitMs}), read in ${ms(half.read)} ms`)
console.log(`10,000 nodes: planned in ${ms(whole.plan)} ms, ${ms(whole.plan / half.plan)} times as long`)
console.log(`5,000 nodes, and 2,500 to be made while the rollout is paused: planned in ${ms(stopped.plan)} ms (limit ${limitMs})`)
if (half.plan > limitMs || stopped.plan > limitMs || whole.plan > half.plan * mostGrowth) throw new Error('a plan takes too long')
