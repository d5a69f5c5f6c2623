import { describe, expect, it } from 'vitest'
import type { NodeSet } from '../../api/index.ts'
import { type Parts, choice, facts, node, now, set, time } from './facts.fixture.ts'
import { intentOf } from './intent.ts'
import { planNodeSet } from './plan.ts'

type Over = Parameters<typeof facts>[0]
const plan = (over: Over) => planNodeSet(facts(over))
/** Revisions of the nodes that are made. */
const made = (over: Over): readonly (string | undefined)[] => plan(over).create.map(({ choice: { revision } }) => revision)
const removed = (over: Over): readonly (string | undefined)[] => plan(over).remove.map(({ node: { metadata } }) => metadata?.name)
const several = (count: number, prefix: string, parts: Parts = {}) => Array.from({ length: count }, (_, i) => node(`${prefix}${i}`, parts))
const old = (count: number, parts: Parts = {}) => several(count, 'old', { revision: 'old', age: 5_000, ...parts })
const booting: Parts = { joined: false, ready: 'Unknown' }
const earlier = ['old'].map(name => ({ name, choices: [choice({ revision: name })] }))
const older = [...earlier, { name: 'oldest', choices: [choice({ revision: 'oldest' })] }]

const rolling = (replicas: number, maxSurge: number, maxUnavailable: number, more: Partial<NodeSet['spec']> = {}): NodeSet =>
  set({ replicas, strategy: { rollingUpdate: { maxSurge, maxUnavailable } }, ...more })
const paused = (replicas: number): NodeSet => rolling(replicas, 1, 0, { paused: true })
/** Its rollout to `new` has failed, and it said so; its replicas were edited after that. */
const failed = (wanted: NodeSet): NodeSet => ({
  ...wanted,
  metadata: { ...wanted.metadata, generation: 2 },
  status: {
    observedGeneration: 1,
    specHash: intentOf(wanted),
    updateRevision: 'new',
    lastProgressTime: time(now - 2_000_000),
    conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
  },
})

describe('growth of a set whose rollout is paused', () => {
  it('is of the revision that serves', () => {
    expect(made({ set: paused(5), nodes: old(3), earlier })).toEqual(['old', 'old'])
    expect(made({ set: paused(5), nodes: [...old(3), node('trial', booting)], earlier })).toEqual(['old'])
  })

  it('is of several revisions, as many of each as of its available ones: the largest remainder first', () => {
    const nodes = [...old(6), ...several(2, 'new'), ...several(2, 'oldest', { revision: 'oldest' })]
    const counts = (replicas: number): readonly number[] => {
      const all = made({ set: paused(replicas), nodes, earlier: older })
      return ['old', 'new', 'oldest'].map(revision => all.filter(one => one === revision).length)
    }
    expect(counts(20)).toEqual([6, 2, 2])
    expect(counts(13)).toEqual([2, 0, 1])
    expect(counts(11)).toEqual([1, 0, 0])
    // Of two that lack as much and serve as many, the one that was proved before.
    expect(counts(12)).toEqual([1, 0, 1])
  })

  it('goes on where it was interrupted, and comes to the same', () => {
    const nodes = [...old(3), node('new')]
    expect(made({ set: paused(8), nodes, earlier })).toEqual(['old', 'old', 'old', 'new'])
    const begun = [...nodes, ...several(2, 'more', { revision: 'old', ...booting })]
    expect(made({ set: paused(8), nodes: begun, earlier })).toEqual(['old', 'new'])
  })

  it('keeps what grows until the set rolls again, which takes what is not up at once', () => {
    const nodes = [...old(3), node('grown', { revision: 'old', ...booting })]
    expect(plan({ set: paused(4), nodes, earlier })).toMatchObject({ create: [], remove: [] })
    expect(removed({ set: rolling(4, 1, 0), nodes, earlier })).toEqual(['grown'])
  })

  it('is of the newest where no earlier one serves, or none can be made any more', () => {
    expect(made({ set: paused(5), nodes: old(3), earlier: [] })).toEqual(['new', 'new'])
    expect(made({ set: paused(5), nodes: old(3, { ready: 'Unknown' }), earlier })).toEqual(['new', 'new'])
  })

  it('shares one limit among the revisions of a class', () => {
    const nodes = [...old(3), ...several(3, 'new')]
    const choices = [choice({ room: 3 })]
    const rest = [{ name: 'old', choices: [choice({ room: 3, revision: 'old' })] }]
    const decided = plan({ set: paused(12), nodes, choices, earlier: rest })
    expect(decided.create).toHaveLength(3)
    expect(decided.shortfall?.reason).toBe('LimitReached')
  })

  it('of two classes keeps to the better one, and takes the other where that is sold out', () => {
    const zones = [{ name: undefined, closedMs: 30_000 }]
    const [spot, rest] = [choice({ className: 'spot', revision: 'old', zones }), choice({ className: 'on-demand', revision: 'old' })]
    const nodes = old(3, { className: 'spot' })
    const { create } = plan({
      set: paused(4),
      nodes,
      choices: [choice({ className: 'spot' })],
      earlier: [{ name: 'x', choices: [spot, rest] }],
    })
    expect(create.map(({ choice: { className } }) => className)).toEqual(['on-demand'])
  })
})

describe('growth of a set whose rollout has failed', () => {
  const stuck = (good: number, bad: number) => [...old(good), ...several(bad, 'bad', booting)]

  it('is of the last revision that serves, and counts on nothing that does not', () => {
    expect(made({ set: failed(rolling(6, 1, 1)), nodes: stuck(3, 2), earlier })).toEqual(['old', 'old'])
    expect(made({ set: failed(rolling(4, 1, 1)), nodes: stuck(3, 2), earlier })).toEqual([])
  })

  it('gives nothing to a newest revision that comes up here and there', () => {
    const nodes = [...old(3), node('lucky', { age: 5_000 }), node('bad', booting)]
    expect(made({ set: failed(rolling(8, 1, 1)), nodes, earlier })).toEqual(['old', 'old', 'old', 'old'])
  })

  it('does not begin the rollout again, and neither does what has grown', () => {
    const grown = [...stuck(3, 2), ...several(2, 'grown', { revision: 'old', age: 10 })]
    expect(plan({ set: failed(rolling(6, 1, 1)), nodes: grown, earlier })).toMatchObject({
      create: [],
      remove: [],
      progress: { state: 'failed' },
    })
  })

  it('keeps what still boots', () => {
    const growing = [...stuck(3, 2), ...several(2, 'growing', { revision: 'old', ...booting })]
    expect(plan({ set: failed(rolling(6, 1, 1)), nodes: growing, earlier })).toMatchObject({ create: [], remove: [] })
  })

  it('goes on as a rollout when one of the new ones comes up after all, or somebody edits more than replicas', () => {
    const late = [...old(3), node('late', { age: 10 }), node('bad', booting)]
    expect(plan({ set: failed(rolling(4, 1, 1)), nodes: late, earlier }).progress.state).toBe('working')
    const wider = failed(rolling(4, 1, 1))
    const edited = { ...wider, spec: { ...wider.spec, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } } } }
    expect(plan({ set: edited, nodes: stuck(3, 2), earlier }).progress.state).toBe('working')
    const { specHash: _none, ...status } = wider.status ?? {}
    expect(plan({ set: { ...wider, status }, nodes: stuck(3, 2), earlier }).progress.state).toBe('working')
  })

  it('replaces an old one that is lost by one of its kind, within the surge', () => {
    expect(made({ set: failed(rolling(4, 1, 1)), nodes: stuck(2, 2), earlier })).toEqual(['old'])
    expect(made({ set: failed(rolling(4, 1, 1)), nodes: stuck(2, 3), earlier })).toEqual([])
  })

  it('shares with a newest revision of which all that are there serve: something else holds it up', () => {
    const held = [node('kept', { revision: 'old', kept: true, age: 5_000 }), ...several(3, 'new', { age: 5_000 })]
    expect(made({ set: failed(rolling(6, 1, 0)), nodes: held, earlier })).toEqual(['new', 'new'])
  })

  it('shrinks by what has failed first, then by what is not up', () => {
    const nodes = [...stuck(4, 2), node('growing', { revision: 'old', ...booting, provisioned: false })]
    expect(removed({ set: failed(rolling(4, 1, 1)), nodes, earlier })).toEqual(['bad0', 'bad1'])
  })

  it('with OnDelete is of the newest, as whoever deletes a node asks for', () => {
    const wanted = failed(set({ replicas: 5, strategy: { type: 'OnDelete' } }))
    expect(made({ set: wanted, nodes: stuck(3, 1), earlier })).toEqual(['new'])
  })
})
