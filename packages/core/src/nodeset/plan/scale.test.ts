import { describe, expect, it } from 'vitest'
import { type Parts, choice, facts, node, none, set } from './facts.fixture.ts'
import { planNodeSet } from './plan.ts'

type Over = Parameters<typeof facts>[0]
const plan = (over: Over) => planNodeSet(facts(over))
const created = (over: Over): number => plan(over).create.length
const removed = (over: Over): readonly (string | undefined)[] => plan(over).remove.map(({ node: { metadata } }) => metadata?.name)
const several = (count: number, prefix: string, parts: Parts = {}) => Array.from({ length: count }, (_, i) => node(`${prefix}${i}`, parts))

describe('a set that scales', () => {
  it('creates what is missing', () => {
    expect(created({ nodes: [node('a')] })).toBe(2)
    expect(removed({ nodes: [node('a')] })).toEqual([])
  })

  it('counts nodes that are being deleted, so that it never has more than replicas and surge', () => {
    const nodes = several(3, 'a', { deleting: true })
    expect(created({ nodes })).toBe(1)
    expect(created({ nodes, set: set({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }) })).toBe(0)
  })

  it('takes over what a set of its name left behind, before it does anything else', () => {
    const [orphan] = several(1, 'left')
    expect(plan({ nodes: [node('a')], orphans: orphan ? [orphan] : [] })).toMatchObject({
      adopt: [{ metadata: { name: 'left0' } }],
      create: [],
      remove: [],
    })
  })

  it('counts creates that had no answer', () => {
    expect(created({ unknown: 2 })).toBe(1)
  })

  it('removes what has no machine first, then what never joined, then what is not ready, then the cheapest, then the newest', () => {
    const nodes = [
      node('old', { age: 900 }),
      node('new', { age: 10 }),
      node('cheap', { age: 500, cost: '-5' }),
      node('sick', { age: 800, ready: 'Unknown' }),
      node('unborn', { age: 1_000, joined: false, ready: 'Unknown' }),
      node('nothing', { age: 1_000, provisioned: false, joined: false, ready: 'Unknown' }),
    ]
    expect(removed({ nodes, set: set({ replicas: 0 }) })).toEqual(['nothing', 'unborn', 'sick', 'cheap', 'new', 'old'])
    expect(removed({ nodes, set: set({ replicas: 4 }) })).toEqual(['nothing', 'unborn'])
    expect(removed({ nodes, set: set({ replicas: 1, scaleDown: { order: 'Oldest' } }) })).toEqual([
      'nothing',
      'unborn',
      'sick',
      'cheap',
      'old',
    ])
  })

  it('takes an old revision before a cheap node, and the node with the fewest pods where it is told to', () => {
    const nodes = [node('cheap', { cost: '-5' }), node('old', { revision: 'old' }), node('full'), node('empty')]
    const podsOn = (name: string) => ({ count: name === 'empty' ? 0 : 3, kept: undefined })
    const wanted = set({ replicas: 0, scaleDown: { order: 'LeastPods' } })
    expect(removed({ nodes, podsOn, set: wanted })).toEqual(['old', 'cheap', 'empty', 'full'])
  })

  it('keeps what is annotated, and what has a pod that is, and says so', () => {
    const nodes = [node('a', { kept: true }), node('b'), node('c')]
    const podsOn = (name: string) => ({ count: 1, kept: name === 'b' ? 'team/train' : undefined })
    const decided = plan({ nodes, podsOn, set: set({ replicas: 0 }) })
    expect(decided.remove.map(({ node: { metadata } }) => metadata?.name)).toEqual(['c'])
    expect(decided.held).toEqual([
      'b is more than asked for: pod team/train is annotated do-not-disrupt',
      'a is more than asked for: it is annotated do-not-disrupt',
    ])
  })

  it('takes nodes out of the fullest zone, and puts new ones into the emptiest', () => {
    const nodes = [...several(3, 'a', { zone: 'a' }), ...several(1, 'b', { zone: 'b' }), ...several(2, 'c', { zone: 'c' })]
    const zones = ['a', 'b', 'c'].map(name => ({ name, closedMs: 0 }))
    expect(removed({ nodes, set: set({ replicas: 3 }) }).map(name => name?.[0])).toEqual(['a', 'a', 'c'])
    const { create } = plan({ nodes, set: set({ replicas: 9 }), choices: [choice({ zones })] })
    expect(create.map(({ zone }) => zone)).toEqual(['b', 'b', 'c'])
  })

  it('without a usable class keeps what it has and says what is missing', () => {
    const choices = [choice({ offer: none, revision: undefined })]
    expect(plan({ nodes: [node('a')], choices })).toMatchObject({
      create: [],
      remove: [],
      shortfall: { reason: 'ClassNotFound', message: '2 nodes are missing: there is no NodeClass "small"' },
    })
    expect(removed({ nodes: several(2, 'a'), choices, set: set({ replicas: 1 }) })).toHaveLength(1)
  })

  it('stays within the limit of its class and reports the shortfall', () => {
    expect(plan({ choices: [choice({ room: 1 })] })).toMatchObject({
      create: [{ zone: undefined }],
      shortfall: { reason: 'LimitReached', message: '2 nodes are missing: class small allows 5 (spec.limits.nodes)' },
    })
  })

  it('that is being deleted does nothing more', () => {
    const going = set({}, { metadata: { name: 'workers', deletionTimestamp: 'x' } })
    expect(plan({ set: going })).toMatchObject({ create: [], remove: [] })
  })

  it('looks again when a node will have been ready for long enough', () => {
    const nodes = [node('a', { age: 10 }), node('b', { age: 100 }), node('c', { age: 100 })]
    expect(plan({ nodes, set: set({ minReadySeconds: 30 }) }).afterMs).toBe(20_000)
  })
})
