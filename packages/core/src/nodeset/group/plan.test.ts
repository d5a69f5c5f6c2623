import { describe, expect, it } from 'vitest'
import { type Node, type NodeSet, finalizers, labels } from '../../api/index.ts'
import type { GroupFacts, GroupPlan } from './facts.ts'
import { planGroup } from './plan.ts'
import {
  type Being,
  type World,
  facts,
  factsOf,
  groupOf,
  machineOf,
  nodeOf,
  now,
  record,
  recorded,
  set,
  start,
  view,
} from './world.fixture.ts'

const being = (id: string, more: Partial<Being> = {}): Being => ({
  id,
  revision: 'r0',
  leaves: false,
  node: 'running',
  ready: true,
  age: 100,
  ...more,
})
const world = (beings: readonly Being[], more: Partial<World> = {}): World => ({ ...start(), size: beings.length, beings, ...more })
const three = [being('a'), being('b'), being('c')]
const without = (given: NodeSet, key: 'finalizers' | 'status'): NodeSet =>
  key === 'status' ? { ...given, status: {} } : { ...given, metadata: { ...given.metadata, finalizers: [] } }
const deleting = (given: NodeSet): NodeSet => ({
  ...given,
  metadata: { ...given.metadata, deletionTimestamp: new Date(now).toISOString() },
})
const does = ({ steps, order }: GroupPlan): readonly string[] => [...steps.map(step => step.do), ...(order ? [order.do] : [])]
/** What is ordered once the size has been written down. */
const sizeWritten = (given: GroupFacts): GroupPlan['order'] => planGroup(recorded(given, planGroup(given))).order
const told = (given: GroupFacts): string => planGroup(given).said.reason

describe('a set that begins', () => {
  it('takes hold of itself, writes down which group it is, and only then has it made', () => {
    expect(does(planGroup(facts({ set: without(set(), 'finalizers') })))).toEqual(['hold'])
    expect(planGroup(facts({ set: without(set(), 'status') })).steps).toEqual([
      { do: 'record', record: { provider: 'test', connection: { config: {} }, revision: 'r0' } },
    ])
    const { id: _unknown, ...written } = record
    expect(sizeWritten(facts({ set: set({}, { group: written }) }))).toEqual({ do: 'create', size: 3 })
  })

  it('makes no group beyond the limit of its class', () => {
    const { id: _unknown, ...written } = record
    expect(sizeWritten(facts({ room: 1, set: set({}, { group: written }) }))).toEqual({ do: 'create', size: 1 })
  })

  it('leaves places under the limit of its class free that do not make a whole step', () => {
    const stepping = { ...factsOf(world([being('a'), being('b')], { step: 2 })), set: set({ replicas: 6 }) }
    expect(sizeWritten({ ...stepping, room: 3 })).toMatchObject({ do: 'resize', size: 4 })
    expect(sizeWritten({ ...stepping, room: 1 })).toBeUndefined()
    expect(planGroup({ ...stepping, room: 1 }).standing?.plan.shortfall?.reason).toBe('LimitReached')
  })

  it('writes down the id of the group that it finds by its tags, before it does anything with it', () => {
    const { id: _unknown, ...written } = record
    const found = facts({ set: set({}, { group: written }), view: view(groupOf(world([]))) })
    expect(does(planGroup(found))).toEqual(['record'])
  })
})

describe('a set', () => {
  it('gives no order while the last one may still take effect', () => {
    const grown = { ...factsOf(world(three)), set: set({ replicas: 5 }) }
    expect(sizeWritten(grown)).toMatchObject({ do: 'resize', size: 5 })
    const unsettled = { ...grown, view: view(groupOf(world(three)), { settled: false }) }
    expect(does(planGroup(unsettled))).toEqual([])
    expect(told(unsettled)).toBe('Unsettled')
  })

  it('gives no order while the last one is too fresh a failure, and says which', () => {
    const failure = { reason: 'QuotaExceeded', message: 'the account is full', retryInMs: 1_000 }
    const given = { ...factsOf(world(three)), set: set({ replicas: 5 }), failure }
    expect(does(planGroup(given))).toEqual([])
    expect(planGroup(given)).toMatchObject({ said: { status: 'False', reason: 'QuotaExceeded' }, afterMs: 1_000 })
    expect(sizeWritten({ ...given, failure: { ...failure, retryInMs: 0 } })).toMatchObject({ do: 'resize' })
  })

  it('waits while the cloud takes machines away by itself', () => {
    const given = factsOf(world(three, { size: 2 }))
    expect(does(planGroup({ ...given, set: set({ replicas: 1 }) }))).toEqual([])
    expect(told(given)).toBe('Shrinking')
  })

  it('removes a machine whose kubelet never came before any other, and without a Node to drain', () => {
    const given = factsOf(world([...three, being('d', { node: 'none' })]))
    expect(planGroup(given).order).toMatchObject({ do: 'remove', ids: ['d'], replace: false })
  })

  it('takes a machine for one of the zone that its cloud says, while its Node does not say it yet', () => {
    const zones = { a: 'z1', b: 'z1', c: 'z2' }
    const beings = [being('a'), being('b', { age: 200 }), being('c', { age: 50 })]
    const given = factsOf(world(beings))
    const group = groupOf(world(beings))
    const members = group.members.map(member => ({ ...member, zone: zones[member.id as keyof typeof zones] }))
    const nodes = given.nodes.map(node => {
      const id = node.metadata?.name?.slice('node-'.length) as keyof typeof zones
      const zone = id === 'b' ? {} : { [labels.zone]: zones[id] }
      return { ...node, metadata: { ...node.metadata, labels: { ...node.metadata?.labels, ...zone } } }
    })
    const { steps } = planGroup({ ...given, set: set({ replicas: 2 }), nodes, view: view({ ...group, members }) })
    expect(steps).toMatchObject([{ do: 'delete', node: { metadata: { name: 'node-a' } } }])
  })

  it('lets a Node be labelled before it decides anything on its machine', () => {
    const given = factsOf(world([...three, being('d', { node: 'unlabelled' })]))
    const { steps, order } = planGroup(given)
    expect(steps).toMatchObject([{ do: 'claim', member: { id: 'd' } }])
    expect(order).toBeUndefined()
  })

  it('decides nothing where another set has the group, or the class asks for what groups do not have', () => {
    expect(told({ ...factsOf(world(three)), taken: 'it is theirs' })).toBe('GroupTaken')
    for (const spec of [{ zones: ['a'] }, { headroom: { nodes: 1 } }, { group: { id: 'other' } }]) {
      const given = { ...factsOf(world([])), set: set(spec) }
      expect([told(given), does(planGroup(given))]).toEqual(['InvalidSpec', []])
    }
  })

  it('begins nothing while the group is busy: what it has too many, it takes away by itself', () => {
    const surged = world([...three, being('d')], { busy: true })
    expect([does(planGroup(factsOf(surged))), told(factsOf(surged))]).toEqual([[], 'Busy'])
    expect(does(planGroup(factsOf({ ...surged, busy: false })))).toEqual(['delete'])
  })

  it('takes no size from a group that is busy, whoever has the say over it', () => {
    const surged = factsOf(world([...three, being('d')], { busy: true }))
    const led = set({ group: { sizeAuthority: 'group' } })
    const taken = set({ group: { id: 'g' } }, { group: { ...record, id: 'g', imported: true } })
    for (const given of [led, taken]) {
      expect(does(planGroup({ ...surged, set: given }))).not.toContain('follow')
      expect(does(planGroup({ ...factsOf(world([...three, being('d')])), set: given }))).toContain('follow')
    }
  })

  it('tells the group once that its class has changed, before it replaces anything', () => {
    const changed = { ...factsOf(world(three)), revision: 'r1' }
    expect(does(planGroup(changed))).toEqual(['update'])
    const unable = { ...changed, view: view(groupOf(world(three)), { can: { create: true, destroy: true, update: false } }) }
    expect([does(planGroup(unable)), told(unable)]).toEqual([[], 'ClassNotFollowed'])
  })
})

describe('a group that somebody has deleted', () => {
  const imported = (labelled: boolean): NodeSet => {
    const { metadata, ...rest } = set({ group: { id: 'g' } }, { group: { ...record, id: 'g', imported: true, takenOver: true } })
    return { ...rest, metadata: { ...metadata, ...(labelled && { labels: { [labels.importedBy]: 'pool' } }) } }
  }
  const gone = (labelled: boolean, absentForMs: number, ready = false): GroupFacts => ({
    ...factsOf(world([being('a', { ready })])),
    set: imported(labelled),
    view: view(undefined, { absentForMs }),
  })

  it('takes along the set that was made for it, once lists lack it for long enough', () => {
    expect(does(planGroup(gone(true, 1_000)))).toEqual([])
    expect(does(planGroup(gone(true, 3_000)))).toEqual(['retire'])
  })

  it('leaves the set that was made for it, which says so, where garbage is only to be reported', () => {
    const reported: GroupFacts = { ...gone(true, 3_000), garbage: 'report' }
    expect([does(planGroup(reported)), told(reported)]).toEqual([[], 'GroupNotFound'])
  })

  it('leaves a set that a person has made, which says so', () =>
    expect([does(planGroup(gone(false, 3_000))), told(gone(false, 3_000))]).toEqual([[], 'GroupNotFound']))

  it('is not believed to be gone while kubelets of its machines say that they are ready', () =>
    expect([does(planGroup(gone(true, 3_000, true))), told(gone(true, 3_000, true))]).toEqual([[], 'ListContradicted']))
})

describe('a Node of a member', () => {
  const [node] = nodeOf(being('a', { node: 'unlabelled' }))
  const impostor: Node = { ...node, metadata: { ...node?.metadata, name: 'impostor', uid: 'i' } }
  const one = (nodes: readonly Node[], more: Partial<ReturnType<typeof machineOf>> = {}): GroupFacts => {
    const group = { ...groupOf(world([being('a')], { size: 1 })), members: [{ ...machineOf(being('a')), ...more }] }
    return facts({ set: set({ replicas: 0 }), nodes, view: view(group) })
  }

  it('is labelled where it alone has the providerID, and the name that the cloud gives', () => {
    expect(does(planGroup(one(node ? [node] : [])))).toEqual(['claim'])
    expect(does(planGroup(one(node ? [node] : [], { nodeName: 'node-a' })))).toEqual(['claim'])
  })

  it('becomes the one of a machine that the cloud has made in the place of its own, under its name and providerID', () => {
    const beings = [being('a'), being('b'), being('c')]
    const recreated = beings.map(each => ({ ...machineOf(each), id: `${each.id}2`, nodeName: `node-${each.id}` }))
    const group = { ...groupOf(world(beings)), members: recreated }
    const given = facts({ nodes: beings.flatMap(nodeOf), view: view(group) })
    const plan = planGroup(given)
    expect(plan.steps).toMatchObject(['a2', 'b2', 'c2'].map(id => ({ do: 'claim', member: { id } })))
    expect(plan.order).toBeUndefined()
    const other = { ...group, members: recreated.map(each => ({ ...each, nodeName: 'another' })) }
    expect([does(planGroup({ ...given, view: view(other) })), told({ ...given, view: view(other) })]).toEqual([[], 'ListContradicted'])
    const both = { ...group, size: 6, members: [...recreated, ...beings.map(machineOf)] }
    expect(does(planGroup({ ...given, view: view(both) }))).not.toContain('claim')
  })

  it('is left alone where two have the providerID, or its name is another', () => {
    for (const given of [one(node ? [node, impostor] : []), one([impostor], { nodeName: 'node-a' })]) {
      expect([does(planGroup(given)), told(given)]).toEqual([[], 'StrangeNode'])
    }
  })
})

describe('a set that is deleted', () => {
  const owned = deleting(set())
  const given = (beings: readonly Being[], more: Partial<GroupFacts> = {}): GroupFacts => ({
    ...factsOf(world(beings)),
    set: owned,
    ...more,
  })

  it('drains, removes what is drained, decides the end of the group before it asks for it, and waits until it is gone', () => {
    expect(does(planGroup(given(three)))).toEqual(['delete', 'delete', 'delete'])
    const half = [being('a', { node: 'drained' }), being('b', { node: 'draining' })]
    expect(planGroup(given(half)).order).toMatchObject({ do: 'remove', ids: ['a'], replace: false })
    const drained = given([being('b', { node: 'drained' })])
    expect(does(planGroup(drained))).toEqual(['record'])
    const decided = { ...drained, set: deleting(set({}, { group: { ...record, deletedAt: 'then' } })) }
    expect(does(planGroup(decided))).toEqual(['destroy'])
    const gone = { ...decided, nodes: [] }
    expect(does(planGroup({ ...gone, view: view(undefined, { absentForMs: 1_000 }) }))).toEqual([])
    expect(does(planGroup({ ...gone, view: view(undefined, { absentForMs: 3_000 }) }))).toEqual(['release'])
  })

  it('does not destroy a group in which somebody else’s Node runs', () => {
    const [foreign] = nodeOf(being('a', { node: 'unlabelled' }))
    const theirs: Node = { ...foreign, metadata: { ...foreign?.metadata, finalizers: [finalizers.machine] } }
    const found = given([being('a', { node: 'unlabelled' })], { nodes: [theirs] })
    expect([does(planGroup(found)), told(found)]).toEqual([[], 'StrangeNode'])
  })

  it('waits out what an earlier life may have sent, before it believes that there never was a group', () => {
    const { id: _unknown, ...written } = record
    const early = { ...given([]), set: deleting(set({}, { group: written })) }
    expect(does(planGroup({ ...early, view: view(undefined, { absentForMs: 100_000 }) }))).toEqual([])
    expect(does(planGroup({ ...early, view: view(undefined, { absentForMs: 130_000 }) }))).toEqual(['release'])
  })

  it('lets go of its Nodes and keeps the group where it is to be kept, whatever the provider says', () => {
    const kept = deleting(set({ group: { deletionPolicy: 'Keep' } }))
    expect(does(planGroup(given(three, { set: kept })))).toEqual(['letGo', 'letGo', 'letGo'])
    const blind = given(three, { set: kept, view: { problem: { reason: 'Unavailable', message: 'it is down' } } })
    expect(does(planGroup(blind))).toEqual(['letGo', 'letGo', 'letGo'])
    expect(does(planGroup(given([], { set: kept })))).toEqual(['release'])
  })

  it('brings those to their end that somebody had deleted before', () => {
    const kept = deleting(set({ group: { deletionPolicy: 'Keep' } }))
    const plan = planGroup(given([being('a', { node: 'drained' })], { set: kept }))
    expect(plan.order).toMatchObject({ do: 'remove', ids: ['a'], replace: true })
    expect(does(plan)).not.toContain('release')
  })
})
