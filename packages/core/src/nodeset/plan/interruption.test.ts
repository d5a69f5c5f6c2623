import { describe, expect, it } from 'vitest'
import { facts, node, set } from './facts.fixture.ts'
import { planNodeSet } from './plan.ts'

const interruption = 'AWS recommends to replace it'
const reason = (plan: ReturnType<typeof planNodeSet>): readonly string[] =>
  plan.remove.map(({ node: n, why }) => `${n.metadata?.name}: ${why}`)

describe('a node whose machine is going to be taken away', () => {
  it('is replaced first', () => {
    const plan = planNodeSet(facts({ nodes: [node('a', { interruption }), node('b'), node('c')] }))
    expect(plan.create).toHaveLength(1)
    expect(reason(plan)).toEqual([])
  })

  it('goes when its successor serves', () => {
    const plan = planNodeSet(facts({ nodes: [node('a', { interruption }), node('b'), node('c'), node('new')] }))
    expect(reason(plan)).toEqual([`a: ${interruption}`])
    expect(plan.create).toEqual([])
  })

  it('stays while too few serve, where the set has no surge', () => {
    const bound = set({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } })
    const nodes = [node('a', { interruption }), node('b'), node('c', { ready: 'False' })]
    expect(reason(planNodeSet(facts({ set: bound, nodes })))).toEqual([])
  })

  it('is replaced although the set is paused, or leaves old nodes to people', () => {
    const nodes = [node('a', { interruption }), node('b'), node('c')]
    expect(planNodeSet(facts({ set: set({ paused: true }), nodes })).create).toHaveLength(1)
    expect(planNodeSet(facts({ set: set({ strategy: { type: 'OnDelete' } }), nodes })).create).toHaveLength(1)
  })

  it('stays for a pod that is not to be disrupted, and says so', () => {
    const nodes = [node('a', { interruption }), node('b'), node('c'), node('new')]
    const podsOn = (name: string) => ({ count: 1, kept: name === 'a' ? 'default/precious' : undefined })
    const plan = planNodeSet(facts({ nodes, podsOn }))
    expect(plan.remove.map(({ node: n }) => n.metadata?.name)).not.toContain('a')
  })

  it('is of no concern before it has joined: the next attempt has another machine', () => {
    const plan = planNodeSet(facts({ nodes: [node('a', { interruption, joined: false, ready: 'Unknown' }), node('b'), node('c')] }))
    expect(plan).toMatchObject({ create: [], remove: [] })
  })
})
