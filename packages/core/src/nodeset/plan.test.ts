import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Node, type NodeSet, annotations, finalizers } from '../api/index.ts'
import type { NoOffer, Offer } from '../inventory/index.ts'
import type { NodeSetFacts } from './facts.ts'
import { boundsOf, planNodeSet } from './plan.ts'

const now = 1_800_000_000_000
const good = { nodeClass: { metadata: { name: 'small' }, spec: { provider: 'test', limits: { nodes: 5 } } } } as unknown as Offer
const none: NoOffer = { problem: { reason: 'ClassNotFound', message: 'there is no NodeClass "small"' } }

const set = (spec: Partial<NodeSet['spec']> = {}, more: NodeSet['metadata'] = {}): NodeSet => ({
  metadata: { name: 'workers', uid: 's', ...more },
  spec: { replicas: 3, nodeClassName: 'small', ...spec },
})

interface Member {
  readonly joined?: boolean
  readonly ready?: 'True' | 'False' | 'Unknown'
  readonly deleting?: boolean
  readonly age?: number
  readonly cost?: string
}

const member = (name: string, { joined = true, ready = 'True', deleting = false, age = 0, cost }: Member = {}): Node => ({
  metadata: {
    name,
    uid: name,
    finalizers: [finalizers.machine],
    creationTimestamp: new Date(now - age * 1_000).toISOString(),
    ...(deleting ? { deletionTimestamp: new Date(now).toISOString() } : {}),
    ...(cost === undefined ? {} : { annotations: { [annotations.deletionCost]: cost } }),
  },
  spec: {},
  status: {
    ...(joined ? { nodeInfo: { kubeletVersion: 'v1.37.2' } } : {}),
    conditions: [{ type: 'Ready', status: ready, lastTransitionTime: new Date(now - age * 1_000).toISOString() }],
  },
})

const facts = (over: Partial<NodeSetFacts> = {}): NodeSetFacts => ({
  set: set(),
  nodes: [],
  offer: good,
  room: Infinity,
  unknown: 0,
  now,
  ...over,
})
const removed = (over: Partial<NodeSetFacts>): readonly (string | undefined)[] =>
  planNodeSet(facts(over)).remove.map(node => node.metadata?.name)

describe('a set', () => {
  it('creates what is missing', () => {
    expect(planNodeSet(facts({ nodes: [member('a')] }))).toMatchObject({ create: 2, remove: [] })
  })

  it('counts nodes that are being deleted, so that it never has more than replicas and surge', () => {
    const nodes = ['a', 'b', 'c'].map(name => member(name, { deleting: true }))
    expect(planNodeSet(facts({ nodes })).create).toBe(1)
    expect(planNodeSet(facts({ nodes, set: set({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }) })).create).toBe(0)
  })

  it('counts creates that had no answer', () => {
    expect(planNodeSet(facts({ unknown: 2 })).create).toBe(1)
  })

  it('removes what never joined first, then what is not ready, then the cheapest, then the newest', () => {
    const nodes = [
      member('old', { age: 900 }),
      member('new', { age: 10 }),
      member('cheap', { age: 500, cost: '-5' }),
      member('sick', { age: 800, ready: 'Unknown' }),
      member('unborn', { age: 1_000, joined: false, ready: 'Unknown' }),
    ]
    expect(removed({ nodes, set: set({ replicas: 0 }) })).toEqual(['unborn', 'sick', 'cheap', 'new', 'old'])
    expect(removed({ nodes, set: set({ replicas: 3 }) })).toEqual(['unborn', 'sick'])
    expect(removed({ nodes, set: set({ replicas: 1, scaleDown: { order: 'Oldest' } }) })).toEqual(['unborn', 'sick', 'cheap', 'old'])
  })

  it('without a usable class keeps what it has and says what is missing', () => {
    expect(planNodeSet(facts({ nodes: [member('a')], offer: none }))).toMatchObject({
      create: 0,
      remove: [],
      shortfall: none.problem.message,
    })
    expect(removed({ nodes: [member('a'), member('b')], offer: none, set: set({ replicas: 1 }) })).toHaveLength(1)
  })

  it('stays within the limit of its class and reports the shortfall', () => {
    expect(planNodeSet(facts({ room: 1 }))).toMatchObject({
      create: 1,
      shortfall: '2 nodes are missing: the class allows 5 (spec.limits.nodes)',
    })
  })

  it('that is being deleted does nothing more', () => {
    expect(planNodeSet(facts({ set: set({}, { deletionTimestamp: 'x' }) }))).toMatchObject({ create: 0, remove: [] })
  })

  it('looks again when a node will have been ready for long enough', () => {
    expect(planNodeSet(facts({ nodes: [member('a', { age: 10 })], set: set({ minReadySeconds: 30 }) })).afterMs).toBe(20_000)
  })

  it('never creates beyond replicas + surge, and never removes more than the excess', () => {
    const members = fc.array(
      fc.record({ joined: fc.boolean(), ready: fc.constantFrom('True', 'False', 'Unknown'), deleting: fc.boolean(), age: fc.nat(1_000) }),
      { maxLength: 30 },
    )
    const world = fc.record({ replicas: fc.nat(20), surge: fc.nat(5), unknown: fc.nat(3), room: fc.nat(10), members })
    fc.assert(
      fc.property(world, ({ replicas, surge, unknown, room, members: parts }) => {
        const nodes = parts.map((part, i) => member(`n${i}`, part))
        const wanted = set({ replicas, strategy: { rollingUpdate: { maxSurge: surge, maxUnavailable: 1 } } })
        const plan = planNodeSet(facts({ set: wanted, nodes, unknown, room }))
        const live = nodes.filter(node => node.metadata?.deletionTimestamp === undefined).length
        expect(plan.create === 0 || plan.remove.length === 0).toBe(true)
        expect(plan.remove.length).toBeLessThanOrEqual(Math.max(0, live - replicas))
        if (plan.create === 0) return
        expect(nodes.length + unknown + plan.create).toBeLessThanOrEqual(replicas + boundsOf(wanted).surge)
        expect(live + unknown + plan.create).toBeLessThanOrEqual(replicas)
        expect(plan.create).toBeLessThanOrEqual(room)
      }),
    )
  })
})
