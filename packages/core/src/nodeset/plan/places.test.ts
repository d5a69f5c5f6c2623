import { describe, expect, it } from 'vitest'
import { type Parts, choice, facts, node, set } from './facts.fixture.ts'
import { planNodeSet } from './plan.ts'

type Over = Parameters<typeof facts>[0]
const plan = (over: Over) => planNodeSet(facts(over))
const removed = (over: Over): readonly (string | undefined)[] => plan(over).remove.map(({ node: { metadata } }) => metadata?.name)
const several = (count: number, prefix: string, parts: Parts = {}) => Array.from({ length: count }, (_, i) => node(`${prefix}${i}`, parts))
const zones = (closed: Readonly<Record<string, number>>) => Object.entries(closed).map(([name, closedMs]) => ({ name, closedMs }))
const spot = (closedMs: number, room = Infinity) => choice({ className: 'spot', room, zones: [{ name: undefined, closedMs }] })
const onDemand = (closedMs = 0) => choice({ className: 'on-demand', zones: [{ name: undefined, closedMs }] })
const two = set({ replicas: 2, nodeClassNames: ['spot', 'on-demand'] })

describe('zones', () => {
  it('that are sold out are passed over', () => {
    const { create } = plan({ set: set({ replicas: 4 }), choices: [choice({ zones: zones({ a: 0, b: 30_000, c: 0 }) })] })
    expect(create.map(({ zone }) => zone)).toEqual(['a', 'c', 'a', 'c'])
  })

  it('a node that waits in a sold-out zone is made elsewhere instead', () => {
    const waiting = node('w', { zone: 'a', provisioned: false, joined: false, ready: 'Unknown', soldOut: true })
    const nodes = [waiting, ...several(2, 'b', { zone: 'b' })]
    expect(removed({ nodes, choices: [choice({ zones: zones({ a: 30_000, b: 0 }) })] })).toEqual(['w'])
    expect(removed({ nodes, choices: [choice({ zones: zones({ a: 30_000, b: 30_000 }) })] })).toEqual([])
  })

  it('all of them sold out: nothing is made, and the set says until when', () => {
    expect(plan({ choices: [choice({ zones: zones({ a: 30_000, b: 20_000 }) })] })).toMatchObject({
      create: [],
      shortfall: {
        reason: 'InsufficientCapacity',
        message: '3 nodes are missing: class small is out of capacity in a, b; it is asked again from 2027-01-15T08:00:20Z on',
      },
      afterMs: 20_000,
    })
  })
})

describe('several classes', () => {
  it('the next one serves while the first is out of capacity, or full', () => {
    for (const first of [spot(30_000), spot(0, 0)]) {
      const { create } = plan({ set: two, choices: [first, onDemand()] })
      expect(create.map(({ choice: { className } }) => className)).toEqual(['on-demand', 'on-demand'])
    }
  })

  it('a claim that waits for the first one moves on', () => {
    const waiting = node('w', { className: 'spot', provisioned: false, joined: false, ready: 'Unknown', soldOut: true })
    const decided = plan({ set: two, nodes: [waiting, node('x', { className: 'spot' })], choices: [spot(30_000), onDemand()] })
    expect(decided.remove).toMatchObject([
      { node: { metadata: { name: 'w' } }, why: 'class spot is out of capacity, and the set may have it elsewhere' },
    ])
    expect(decided.create.map(({ choice: { className } }) => className)).toEqual(['on-demand'])
  })

  it('the first one is tried again with one node more, and replaces the others one by one', () => {
    const fallbacks = several(2, 'f', { className: 'on-demand' })
    const choices = [spot(0), onDemand()]
    const decided = plan({ set: two, nodes: fallbacks, choices })
    expect(decided.create.map(({ choice: { className } }) => className)).toEqual(['spot'])
    expect(decided.remove).toEqual([])
    const booting = node('s', { className: 'spot', joined: false, ready: 'Unknown' })
    expect(plan({ set: two, nodes: [...fallbacks, booting], choices })).toMatchObject({ create: [], remove: [] })
    expect(removed({ set: two, nodes: [...fallbacks, node('s', { className: 'spot' })], choices })).toEqual(['f0'])
  })

  it('is tried with one node at a time, however many there may be above', () => {
    const wide = { ...two, spec: { ...two.spec, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } } }
    expect(plan({ set: wide, nodes: several(2, 'f', { className: 'on-demand' }), choices: [spot(0), onDemand()] }).create).toHaveLength(1)
  })

  it('nothing is given up for a price: what is available stays until its better is', () => {
    const fallbacks = several(2, 'f', { className: 'on-demand' })
    const bold = { ...two, spec: { ...two.spec, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } } } }
    expect(plan({ set: bold, nodes: fallbacks, choices: [spot(0), onDemand()] })).toMatchObject({ create: [], remove: [] })
  })

  it('a trial that finds nothing goes, and nothing else', () => {
    const nodes = [
      ...several(2, 'f', { className: 'on-demand' }),
      node('trial', { className: 'spot', provisioned: false, joined: false, ready: 'Unknown', soldOut: true }),
    ]
    const decided = plan({ set: two, nodes, choices: [spot(60_000), onDemand()] })
    expect(decided.remove.map(({ node: { metadata } }) => metadata?.name)).toEqual(['trial'])
    expect(decided.create).toEqual([])
  })

  it('a node of a class that is none of the set’s any more is replaced', () => {
    expect(plan({ set: two, nodes: [node('a', { className: 'gone' })], choices: [spot(0), onDemand()] }).outdated).toBe(1)
  })
})
