import { describe, expect, it } from 'vitest'
import { type NodeSet } from '../../api/index.ts'
import { type Parts, choice, facts, node, now, set, time } from './facts.fixture.ts'
import { planNodeSet } from './plan.ts'

type Over = Parameters<typeof facts>[0]
const plan = (over: Over) => planNodeSet(facts(over))
const removed = (over: Over): readonly (string | undefined)[] => plan(over).remove.map(({ node: { metadata } }) => metadata?.name)
const several = (count: number, prefix: string, parts: Parts = {}) => Array.from({ length: count }, (_, i) => node(`${prefix}${i}`, parts))
const rolling = (maxSurge: number | string, maxUnavailable: number | string, more: Partial<NodeSet['spec']> = {}): NodeSet =>
  set({ replicas: 4, strategy: { rollingUpdate: { maxSurge, maxUnavailable } }, ...more })

describe('a rollout', () => {
  it('makes as many new nodes as the surge allows, and removes an old one for each that is available', () => {
    const old = several(4, 'old', { revision: 'old' })
    expect(plan({ set: rolling(2, 0), nodes: old })).toMatchObject({ create: [{}, {}], remove: [], outdated: 4 })
    expect(removed({ set: rolling(2, 0), nodes: [...old, node('x', { joined: false, ready: 'Unknown' }), node('y')] })).toEqual(['old0'])
    expect(removed({ set: rolling(2, 0), nodes: [...old, node('x', { joined: false, ready: 'Unknown' })] })).toEqual([])
  })

  it('removes first where nothing may be above', () => {
    const old = several(4, 'old', { revision: 'old' })
    expect(plan({ set: rolling(0, 1), nodes: old })).toMatchObject({ create: [], remove: [{ node: { metadata: { name: 'old0' } } }] })
    const [gone, ...rest] = several(4, 'old', { revision: 'old' })
    expect(gone).toBeDefined()
    expect(plan({ set: rolling(0, 1), nodes: [...rest, node('old0', { revision: 'old', deleting: true })] })).toMatchObject({
      create: [],
      remove: [],
    })
  })

  it('says in the reason of a removal what for', () => {
    const { remove } = plan({ set: rolling(0, 1), nodes: several(4, 'old', { revision: 'old' }) })
    expect(remove[0]?.why).toBe('it is of revision old, and the set of new')
  })

  it('removes at once what never came up, and keeps the silent within bounds', () => {
    const nodes = [
      ...several(2, 'up', { revision: 'old' }),
      node('booting', { revision: 'old', joined: false, ready: 'Unknown' }),
      node('silent', { revision: 'old', ready: 'Unknown' }),
    ]
    expect(removed({ set: rolling(1, 0), nodes })).toEqual(['booting'])
    expect(
      removed({
        set: rolling(1, 1),
        nodes: [...several(3, 'up', { revision: 'old' }), node('silent', { revision: 'old', ready: 'Unknown' })],
      }),
    ).toEqual(['silent'])
  })

  it('keeps a silent half of the fleet, and does not replace it at once', () => {
    const nodes = [...several(2, 'up', { revision: 'old' }), ...several(2, 'silent', { revision: 'old', ready: 'Unknown' })]
    expect(plan({ set: rolling(1, 0), nodes })).toMatchObject({ create: [{}], remove: [] })
  })

  it('counts on no newcomer before it is up: the silent ones stay until then', () => {
    const silent = node('silent', { revision: 'old', ready: 'Unknown' })
    const booting = several(2, 'new', { joined: false, ready: 'Unknown' })
    expect(removed({ set: rolling(2, 0), nodes: [...several(3, 'up', { revision: 'old' }), silent, ...booting] })).toEqual([])
  })

  it('that was complete has its whole deadline when something is lacking again', () => {
    const status = {
      observedGeneration: 1,
      updateRevision: 'new',
      replicas: 4,
      updatedReplicas: 4,
      availableReplicas: 4,
      lastProgressTime: time(now - 9_000_000),
      conditions: [{ type: 'Progressing', status: 'True' as const, reason: 'Complete' }],
    }
    expect(plan({ set: { ...rolling(1, 0), status }, nodes: several(3, 'new') }).progress).toMatchObject({ state: 'working', since: now })
  })

  it('that is paused or waits for deletions replaces nothing, and still scales', () => {
    const nodes = several(3, 'old', { revision: 'old' })
    for (const wanted of [rolling(1, 1, { paused: true }), set({ replicas: 4, strategy: { type: 'OnDelete' } })]) {
      expect(plan({ set: wanted, nodes })).toMatchObject({ create: [{}], remove: [], outdated: 3 })
      expect(plan({ set: wanted, nodes: [...nodes, node('new')] }).create).toEqual([])
    }
  })

  it('of several causes takes each under the same budget', () => {
    const nodes = [
      node('old', { revision: 'old' }),
      node('other', { drift: 'its image is another' }),
      node('aged', { age: 4_000 }),
      node('good', { age: 100 }),
    ]
    const wanted = rolling(0, 1, { maxLifetime: '1h' })
    expect(plan({ set: wanted, nodes }).outdated).toBe(3)
    expect(removed({ set: wanted, nodes })).toHaveLength(1)
    expect(removed({ set: rolling(0, 3, { maxLifetime: '1h' }), nodes })).toHaveLength(3)
  })

  it('counts what is kept as it is, and goes round it', () => {
    const nodes = [node('kept', { revision: 'old', kept: true }), ...several(3, 'old', { revision: 'old' })]
    const decided = plan({ set: rolling(1, 1), nodes })
    expect(decided.remove.map(({ node: { metadata } }) => metadata?.name)).toEqual(['old0'])
    expect(decided.held).toEqual(['kept: it is of revision old, and the set of new; it is annotated do-not-disrupt'])
    expect(plan({ set: rolling(1, 1), nodes: [node('kept', { revision: 'old', kept: true }), ...several(3, 'new')] })).toMatchObject({
      create: [],
      remove: [],
    })
  })

  it('that gets nowhere until the deadline stops by itself and keeps the old ones', () => {
    const nodes = [...several(4, 'old', { revision: 'old' }), node('bad', { joined: false, ready: 'Unknown' })]
    const status = {
      observedGeneration: 1,
      updateRevision: 'new',
      replicas: 5,
      updatedReplicas: 1,
      availableReplicas: 4,
      lastProgressTime: time(now - 601_000),
    }
    const wanted = (deadline: number): NodeSet => ({ ...rolling(2, 1, { progressDeadlineSeconds: deadline }), status })
    expect(plan({ set: wanted(700), nodes })).toMatchObject({ create: [{}], remove: [{}], progress: { state: 'working', afterMs: 99_000 } })
    expect(plan({ set: wanted(600), nodes })).toMatchObject({ create: [], remove: [], progress: { state: 'failed' } })
    // A newcomer that comes up after all is progress, and so is another revision, and so is an edit.
    expect(plan({ set: wanted(600), nodes: [...nodes, node('late')] }).progress.state).toBe('working')
    expect(plan({ set: wanted(600), nodes, choices: [choice({ revision: 'newer' })] }).progress.state).toBe('working')
    const edited = { ...wanted(600), metadata: { name: 'workers', uid: 's', generation: 2 } }
    expect(plan({ set: edited, nodes }).progress.state).toBe('working')
  })

  it('that has failed still replaces what is gone', () => {
    const nodes = [...several(3, 'old', { revision: 'old' }), node('bad', { joined: false, ready: 'Unknown' })]
    const status = { observedGeneration: 1, updateRevision: 'new', replicas: 4, updatedReplicas: 1, availableReplicas: 3 }
    const failed = { ...rolling(2, 0, { replicas: 5 }), status: { ...status, lastProgressTime: time(now - 2_000_000) } }
    expect(plan({ set: failed, nodes })).toMatchObject({ create: [{}], remove: [], progress: { state: 'failed' } })
  })

  it('rolls back in the middle: what is bad goes at once, and nothing else', () => {
    const nodes = [...several(4, 'good', { revision: 'old' }), ...several(2, 'bad', { joined: false, ready: 'Unknown' })]
    expect(removed({ set: rolling(2, 0), nodes, choices: [choice({ revision: 'old' })] })).toEqual(['bad0', 'bad1'])
  })

  it('whose class offers nothing any more leaves everything as it is', () => {
    const problem = { reason: 'InvalidConfig', message: 'no' }
    const nodes = several(4, 'old', { revision: 'old' })
    expect(plan({ set: rolling(1, 1), nodes, choices: [choice({ offer: { problem }, revision: undefined })] })).toMatchObject({
      create: [],
      remove: [],
      outdated: 0,
    })
  })

  it('at the limit of its class says why it can not begin', () => {
    const { create, shortfall } = plan({
      set: rolling(1, 0),
      nodes: several(4, 'old', { revision: 'old' }),
      choices: [choice({ room: 0 })],
    })
    expect(create).toEqual([])
    expect(shortfall).toEqual({
      reason: 'LimitReached',
      message: 'no node more can be made, so that nothing is replaced: class small allows 5 (spec.limits.nodes)',
    })
  })
})
