import { describe, expect, it } from 'vitest'
import { type NodeSet } from '../../api/index.ts'
import { type Parts, facts, node, set } from './facts.fixture.ts'
import { planNodeSet } from './plan.ts'

type Over = Parameters<typeof facts>[0]
const plan = (over: Over) => planNodeSet(facts(over))
const removed = (over: Over): readonly (string | undefined)[] => plan(over).remove.map(({ node: { metadata } }) => metadata?.name)
const several = (count: number, prefix: string, parts: Parts = {}) => Array.from({ length: count }, (_, i) => node(`${prefix}${i}`, parts))
const repairing = (maxUnhealthy: number | string | undefined, more: Partial<NodeSet['spec']> = {}): NodeSet =>
  set({
    replicas: 5,
    repair: {
      unhealthy: [{ type: 'Ready', status: 'Unknown', after: '10m' }],
      startupTimeout: '20m',
      ...(maxUnhealthy === undefined ? {} : { maxUnhealthy }),
    },
    ...more,
  })

describe('repair', () => {
  it('replaces what has been unhealthy for long enough, and looks again when the next one will have been', () => {
    const nodes = [...several(3, 'good'), node('sick', { ready: 'Unknown', age: 600 }), node('soon', { ready: 'Unknown', age: 570 })]
    const decided = plan({ set: repairing(undefined), nodes })
    expect(decided.remove).toMatchObject([
      { node: { metadata: { name: 'sick' } }, why: 'its condition Ready has been Unknown for 10m (spec.repair.unhealthy)' },
    ])
    expect(decided.afterMs).toBe(30_000)
  })

  it('counts conditions only after the first join, and has a time of its own for that', () => {
    const booting = (age: number) => node('booting', { joined: false, ready: 'Unknown', age })
    expect(removed({ set: repairing(undefined), nodes: [...several(4, 'good'), booting(1_199)] })).toEqual([])
    expect(removed({ set: repairing(undefined), nodes: [...several(4, 'good'), booting(1_200)] })).toEqual(['booting'])
    expect(removed({ set: set({ replicas: 5 }), nodes: [...several(4, 'good'), booting(9_999)] })).toEqual([])
  })

  it('replaces nothing when too many are unhealthy, and says so', () => {
    const nodes = [...several(2, 'good'), ...several(3, 'sick', { ready: 'Unknown', age: 900 })]
    expect(plan({ set: repairing('40%'), nodes })).toMatchObject({
      create: [],
      remove: [],
      frozen: ['3 of 5 nodes are unhealthy, more than spec.repair.maxUnhealthy (40%) allows to be replaced'],
    })
    expect(removed({ set: repairing('60%'), nodes })).toHaveLength(3)
    expect(removed({ set: repairing(3), nodes })).toHaveLength(3)
  })

  it('freezes a zone of its own, and repairs in the others', () => {
    const nodes = [
      ...several(2, 'a-good', { zone: 'a' }),
      node('a-sick', { zone: 'a', ready: 'Unknown', age: 900 }),
      ...several(3, 'b-sick', { zone: 'b', ready: 'Unknown', age: 900 }),
      ...several(6, 'c-good', { zone: 'c' }),
    ]
    const decided = plan({ set: repairing('40%', { replicas: 12 }), nodes })
    expect(decided.remove.map(({ node: { metadata } }) => metadata?.name)).toEqual(['a-sick'])
    expect(decided.frozen).toEqual(['zone b: 3 of 3 nodes are unhealthy, more than spec.repair.maxUnhealthy (40%) allows to be replaced'])
  })

  it('of the only node of a set is allowed by a share', () => {
    expect(removed({ set: repairing('40%', { replicas: 1 }), nodes: [node('sick', { ready: 'Unknown', age: 900 })] })).toEqual(['sick'])
  })

  it('of a node that serves waits for its successor', () => {
    const disk = set({ replicas: 3, repair: { unhealthy: [{ type: 'Ready', status: 'True', after: '1m' }] } })
    const nodes = several(3, 'sick', { age: 61 })
    expect(plan({ set: disk, nodes })).toMatchObject({ create: [{}], remove: [] })
    expect(removed({ set: disk, nodes: [...nodes, node('new', { age: 1 })] })).toHaveLength(1)
  })

  it('leaves alone what somebody keeps, paused or not', () => {
    const nodes = [...several(4, 'good'), node('sick', { ready: 'Unknown', age: 900, kept: true })]
    expect(plan({ set: repairing(undefined), nodes })).toMatchObject({ remove: [], create: [] })
    const [bad] = [node('sick', { ready: 'Unknown', age: 900 })]
    expect(removed({ set: repairing(undefined, { paused: true }), nodes: [...several(4, 'good'), bad] })).toEqual(['sick'])
  })
})

describe('a lifetime', () => {
  it('ends in its last tenth, for each node at a time of its own that never changes', () => {
    const wanted = set({ replicas: 200, maxLifetime: '1000s' })
    const outdatedAt = (age: number): number => plan({ set: wanted, nodes: several(200, 'n', { age }) }).outdated
    expect(outdatedAt(899)).toBe(0)
    expect(outdatedAt(1_000)).toBe(200)
    const half = outdatedAt(950)
    expect(half).toBeGreaterThan(60)
    expect(half).toBeLessThan(140)
    expect(outdatedAt(950)).toBe(half)
  })
})
