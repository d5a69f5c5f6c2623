import { describe, expect, it } from 'vitest'
import type { NodeSet, NodeSetGroupStatus } from '../../api/index.ts'
import type { GroupFacts, GroupPlan } from './facts.ts'
import { planGroup } from './plan.ts'
import { type Being, type World, facts, factsOf, groupOf, now, record, recorded, set, start, view } from './world.fixture.ts'

const being = (id: string): Being => ({ id, revision: 'r0', leaves: false, node: 'running', ready: true, age: 100 })
const one: World = { ...start(), size: 1, beings: [being('a')] }
const at = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
/** A set of that many, whose group has one machine, and what is written of an order. */
const given = (replicas: number, ordered?: NodeSetGroupStatus['ordered']): GroupFacts => ({
  ...factsOf(one),
  set: set({ replicas }, { group: { ...record, ...(ordered && { ordered }) } }),
})
const writes = ({ steps }: GroupPlan): readonly NodeSetGroupStatus[] => steps.flatMap(step => (step.do === 'record' ? [step.record] : []))
const listed = (ms: number): Partial<GroupFacts> => ({ view: view(groupOf(one), { listedAt: ms }) })

describe('a size that a group is to grow to', () => {
  it('is written down first, and ordered when it is there', () => {
    const first = planGroup(given(4))
    expect([writes(first), first.order]).toEqual([[{ ...record, ordered: { size: 4, at: at(now) } }], undefined])
    const second = planGroup(recorded(given(4), first))
    expect(second).toMatchObject({ steps: [], order: { do: 'resize', size: 4 } })
  })

  it('is written down for a group that is to be made, too', () => {
    const { id: _unknown, ...unmade } = record
    const { steps, order } = planGroup(facts({ set: set({ replicas: 2 }, { group: unmade }) }))
    expect([steps, order]).toEqual([[{ do: 'record', record: { ...unmade, ordered: { size: 2, at: at(now) } } }], undefined])
  })

  it('is written down once where it is none', () => {
    const { id: _unknown, ...unmade } = record
    const given = facts({ room: 0, set: set({ replicas: 2 }, { group: unmade }) })
    expect(planGroup(recorded(given, planGroup(given)))).toMatchObject({ steps: [], order: { do: 'create', size: 0 } })
  })

  it('is written down anew for an order that is given again later: whoever comes next counts from that', () => {
    const old = { size: 4, at: at(now - 61_000) }
    expect(writes(planGroup(given(4, old)))).toEqual([{ ...record, ordered: { size: 4, at: at(now) } }])
    expect(planGroup(given(4, { size: 4, at: at(now - 59_000) })).order).toMatchObject({ do: 'resize' })
  })

  it('stays the larger one while an earlier order may still take effect', () => {
    expect(writes(planGroup(given(2, { size: 4, at: at(now - 90_000) })))).toMatchObject([{ ordered: { size: 4, at: at(now) } }])
  })

  it('is kept when the group has it: a dead leader may have given it too, and it takes effect again when the group has shrunk', () => {
    const there: World = { ...start(), size: 2, beings: [being('a'), being('b')] }
    const grown = { ...factsOf(there), set: set({ replicas: 2 }, { group: { ...record, ordered: { size: 2, at: at(now) } } }) }
    expect(writes(planGroup(grown))).toEqual([])
    const later = now + 183_500
    expect(writes(planGroup({ ...grown, now: later, view: view(groupOf(there), { listedAt: later }) }))).toEqual([record])
  })

  it('is kept until a list began after the last moment in which such an order takes effect', () => {
    // Given for a minute, under way for two, shown two seconds later; and the record is cut to a second.
    const lastMs = 60_000 + 120_000 + 2_000 + 1_000
    const ordered = { size: 4, at: at(now) }
    const shrunk: GroupFacts = given(1, ordered)
    const early = planGroup({ ...shrunk, now: now + lastMs + 500, ...listed(now + lastMs) })
    expect([writes(early), early.afterMs]).toEqual([[], 10_000])
    expect(planGroup(shrunk).afterMs).toBe(lastMs)
    expect(writes(planGroup({ ...shrunk, now: now + lastMs + 500, ...listed(now + lastMs + 1) }))).toEqual([record])
  })

  it('is kept while no list tells of the group', () => {
    const later = now + 3_600_000
    const unknown = view(groupOf(one), { settled: false, listedAt: later })
    expect(writes(planGroup({ ...given(1, { size: 4, at: at(now) }), now: later, view: unknown }))).toEqual([])
    const problem = { problem: { reason: 'Unavailable', message: 'nobody answers' } }
    expect(writes(planGroup({ ...given(1, { size: 4, at: at(now) }), now: later, view: problem }))).toEqual([])
  })

  it('is nothing that a set under deletion writes of', () => {
    const { metadata, ...rest } = given(1, { size: 4, at: at(now - 3_600_000) }).set
    const ending: NodeSet = { ...rest, metadata: { ...metadata, deletionTimestamp: at(now) } }
    expect(writes(planGroup({ ...given(1), set: ending }))).toEqual([])
  })
})
