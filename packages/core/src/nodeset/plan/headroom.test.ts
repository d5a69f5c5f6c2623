import { describe, expect, it } from 'vitest'
import { type NodeSet } from '../../api/index.ts'
import { type Parts, facts, node, set } from './facts.fixture.ts'
import type { NodeSetPlan } from './facts.ts'
import { planNodeSet } from './plan.ts'

type Over = Parameters<typeof facts>[0]
const several = (count: number, prefix: string, parts: Parts = {}) => Array.from({ length: count }, (_, i) => node(`${prefix}${i}`, parts))
const warmed = (replicas: number, nodes: number): NodeSet => set({ replicas, headroom: { nodes } })
const names = (nodes: NodeSetPlan['release']) => nodes.map(({ metadata }) => metadata?.name)
const plan = (over: Over) => {
  const { create, remove, release, warm } = planNodeSet(facts(over))
  return {
    create: create.map(one => (one.warm ? 'warm' : 'serving')),
    remove: names(remove.map(one => one.node)),
    release: names(release),
    warm: names(warm),
  }
}
const idle = { create: [], remove: [], release: [], warm: [] }

describe('headroom', () => {
  it('is made beside the replicas, and is born warm', () => {
    expect(plan({ set: warmed(2, 1) })).toEqual({ ...idle, create: ['serving', 'serving', 'warm'] })
    expect(plan({ set: warmed(2, 1), nodes: [...several(2, 's'), node('w', { warm: true })] })).toEqual(idle)
  })

  it('serves at once when replicas grow, and is refilled behind', () => {
    const nodes = [...several(2, 's'), ...several(2, 'w', { warm: true })]
    expect(plan({ set: warmed(3, 2), nodes })).toEqual({ ...idle, release: ['w0'], create: ['warm'] })
    expect(plan({ set: warmed(6, 2), nodes })).toEqual({ ...idle, release: ['w0', 'w1'], create: ['serving', 'serving', 'warm', 'warm'] })
  })

  it('steps in for a node that serves no more, and takes a node that comes later in its place', () => {
    const nodes = [node('s0'), node('late', { joined: false, ready: 'Unknown' }), node('w', { warm: true })]
    expect(plan({ set: warmed(2, 1), nodes })).toEqual({ ...idle, release: ['w'], warm: ['late'] })
  })

  it('that is replaced anyway is all of it that is too many: a new one on its way stays', () => {
    const kept = node('kept', { revision: 'old', kept: true })
    const warm = [node('w-old', { warm: true, revision: 'old' }), node('w-new', { warm: true })]
    const late = node('late', { warm: true, joined: false, ready: 'Unknown' })
    const wanted = set({ replicas: 1, headroom: { nodes: 2 }, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } } })
    expect(plan({ set: wanted, nodes: [kept, ...warm, late] }).remove).toEqual(['w-old'])
  })

  it('is not too much while one of it is to serve', () => {
    const nodes = [...several(3, 's'), node('w', { warm: true }), node('late', { warm: true, joined: false, ready: 'Unknown' })]
    expect(plan({ set: warmed(4, 1), nodes })).toEqual({ ...idle, release: ['w'] })
  })

  it('stays when replicas shrink: what served goes, and what is warm too goes with its own number', () => {
    const nodes = [...several(4, 's'), ...several(2, 'w', { warm: true })]
    expect(plan({ set: warmed(3, 2), nodes })).toEqual({ ...idle, remove: ['s0'] })
    expect(plan({ set: warmed(4, 1), nodes })).toEqual({ ...idle, remove: ['w0'] })
    expect(plan({ set: set({ replicas: 4 }), nodes })).toEqual({ ...idle, remove: ['w0', 'w1'] })
  })

  it('does not wait for itself: replicas shrink before it is there', () => {
    expect(plan({ set: warmed(1, 2), nodes: several(3, 's') })).toEqual({ ...idle, remove: ['s0', 's1'], create: ['warm'] })
  })

  it('is replaced as everything else, and helps the others to be', () => {
    const wanted = warmed(2, 1)
    const old = [...several(2, 's', { revision: 'old' }), node('w', { revision: 'old', warm: true })]
    expect(plan({ set: wanted, nodes: old })).toEqual({ ...idle, create: ['warm'] })
    expect(plan({ set: wanted, nodes: [...old, node('n', { warm: true })] })).toEqual({ ...idle, remove: ['w'] })
    const without = old.slice(0, 2)
    const next = plan({ set: wanted, nodes: [...without, node('n', { warm: true }), node('m', { warm: true })] })
    expect(next).toEqual({ ...idle, release: ['n'] })
    expect(plan({ set: wanted, nodes: [...without, node('n'), node('m', { warm: true })] })).toEqual({ ...idle, remove: ['s0'] })
  })
})
