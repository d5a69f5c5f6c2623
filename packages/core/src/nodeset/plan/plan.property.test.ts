import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { set } from './facts.fixture.ts'
import type { NodeSetFacts, NodeSetPlan } from './facts.ts'
import { planNodeSet } from './plan.ts'
import { wishesOf } from './wishes.ts'
import { type Being, type World, type WorldEvent, carryOut, factsOf, happen, say } from './world.fixture.ts'

const at = fc.nat(40)
const event: fc.Arbitrary<WorldEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('boot' as const), at }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('gone' as const), at }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('die', 'recover', 'delete', 'keep', 'letGo', 'drift'), at }) },
  fc.record({ type: fc.constant('scale' as const), replicas: fc.nat(8) }),
  fc.record({ type: fc.constant('roll' as const), revision: fc.nat(3) }),
  fc.record({ type: fc.constant('strategy' as const), surge: fc.nat(3), unavailable: fc.nat(3) }),
  fc.record({ type: fc.constant('headroom' as const), nodes: fc.nat(3) }),
  fc.record({ type: fc.constant('pause' as const), paused: fc.boolean() }),
  fc.record({ type: fc.constant('answers' as const) }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), seconds: fc.constantFrom(10, 700) }) },
)
/** How much of a plan comes about before the next thing happens. */
const fate = fc.record({
  most: fc.oneof(fc.constant(Infinity), fc.nat(3)),
  lost: fc.constantFrom('none', 'none', 'none', 'made', 'not made'),
})

const start = (): World => ({
  set: set({ replicas: 3, progressDeadlineSeconds: 600 }),
  revision: 'r0',
  beings: [],
  unknown: 0,
  born: 0,
  elapsed: 0,
})

const bounded = (facts: NodeSetFacts, plan: NodeSetPlan): void => {
  const { replicas, headroom, surge, unavailable } = wishesOf(facts.set)
  const total = facts.members.length + facts.unknown
  if (plan.create.length > 0) expect(total + plan.create.length).toBeLessThanOrEqual(replicas + headroom + surge)
  const going = new Set(plan.remove.map(({ node }) => node))
  const serves = facts.members.filter(member => !member.deleting && member.upSince !== undefined && !member.warm)
  const [before, after] = [serves.length, serves.filter(({ node }) => !going.has(node)).length]
  if (after < before) expect(after).toBeGreaterThanOrEqual(replicas - unavailable)
  for (const member of facts.members) if (going.has(member.node)) expect(member.deleting || member.kept).toBe(false)
  expect(new Set([...plan.release, ...plan.warm, ...going]).size).toBe(plan.release.length + plan.warm.length + going.size)
}

const step = (world: World, most: number, lost: 'none' | 'made' | 'not made'): NodeSetPlan => {
  const facts = factsOf(world)
  const plan = planNodeSet(facts)
  bounded(facts, plan)
  say(world, facts, plan)
  carryOut(world, plan, most, lost)
  return plan
}

const isIdle = ({ create, remove, release, warm }: NodeSetPlan): boolean =>
  create.length + remove.length + release.length + warm.length === 0

/** One thing at a time, so that each order of comings and goings is lived through: what is on its way up or out comes to its end. */
const settle = (world: World, isBusy: (being: Being) => boolean): void => {
  let steps = 0
  for (; steps < 400; steps++) {
    const idle = isIdle(step(world, Infinity, 'none'))
    const before = world.beings
    const busy = world.beings.find(isBusy)
    happen(world, { type: 'wait', seconds: 1 })
    if (busy) {
      world.beings = world.beings.flatMap(being =>
        being !== busy
          ? [being]
          : being.deleting === true
            ? []
            : [{ ...being, joined: true, ready: 'True' as const, since: -world.elapsed / 1_000 }],
      )
    }
    if (idle && world.beings === before) break
  }
  expect(steps).toBeLessThan(400)
}

describe('a set, whatever happens,', () => {
  it('stays within its bounds at every step, and comes to rest as it was asked to when nothing more does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fate), { maxLength: 60 }), history => {
        const world = start()
        for (const [what, { most, lost }] of history) {
          happen(world, what)
          step(world, most, lost)
        }
        happen(world, { type: 'answers' })
        happen(world, { type: 'pause', paused: false })
        // Whoever has a rollout that has failed makes another one.
        world.revision = 'r9'
        world.beings = world.beings.map(({ kept: _, drift: _drift, ...being }) => being)
        settle(world, ({ deleting, joined, ready }) => deleting === true || joined === false || ready !== 'True')
        const { replicas, headroom } = wishesOf(world.set)
        expect(world.beings.filter(being => being.warm !== true && being.revision === world.revision)).toHaveLength(replicas)
        expect(world.beings.filter(being => being.warm === true && being.revision === world.revision)).toHaveLength(headroom)
        expect(world.beings).toHaveLength(replicas + headroom)
      }),
      { numRuns: 400 },
    )
  })

  it('whose newest revision never comes up stays up, grows by what it has, and comes to rest', () => {
    fc.assert(
      fc.property(
        fc.record({
          replicas: fc.integer({ min: 1, max: 8 }),
          grown: fc.nat(12),
          surge: fc.nat(3),
          unavailable: fc.nat(3),
          headroom: fc.nat(2),
          dies: fc.boolean(),
          pauses: fc.boolean(),
        }),
        ({ replicas, grown, surge, unavailable, headroom, dies, pauses }) => {
          const world = start()
          happen(world, { type: 'scale', replicas })
          happen(world, { type: 'headroom', nodes: headroom })
          happen(world, { type: 'strategy', surge, unavailable })
          settle(world, ({ deleting, joined }) => deleting === true || joined === false)
          happen(world, { type: 'roll', revision: 1 })
          const isBusy = ({ deleting, joined, revision }: Being): boolean => deleting === true || (joined === false && revision === 'r0')
          settle(world, isBusy)
          happen(world, { type: 'wait', seconds: 700 })
          settle(world, isBusy)
          const served = world.beings.filter(({ revision }) => revision === 'r0').length
          if (pauses) happen(world, { type: 'pause', paused: true })
          happen(world, { type: 'scale', replicas: replicas + grown })
          if (dies) world.beings = world.beings.slice(1)
          settle(world, isBusy)
          // Whoever pauses a rollout gives what is on its way another deadline.
          happen(world, { type: 'wait', seconds: 700 })
          settle(world, isBusy)
          const bounds = wishesOf(world.set)
          const good = world.beings.filter(({ revision }) => revision === 'r0').length
          // One that had no old node left to stand on has nothing to grow by.
          const left = served - Number(dies)
          if (left > 0) expect(good).toBeGreaterThanOrEqual(Math.min(left + grown, bounds.replicas + headroom - bounds.unavailable))
          expect(world.beings.length).toBeLessThanOrEqual(bounds.replicas + headroom + bounds.surge)
        },
      ),
      { numRuns: 300 },
    )
  })
})
