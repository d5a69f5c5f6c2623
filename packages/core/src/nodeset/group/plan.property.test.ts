import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundsOf } from './bounds.ts'
import type { GroupPlan } from './facts.ts'
import { planGroup } from './plan.ts'
import { type Being, type World, carryOut, cloudWorks, factsOf, groupOf, start } from './world.fixture.ts'

const at = fc.nat(30)
const event = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constantFrom('cloud' as const, 'register' as const, 'ready' as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('delete' as const, 'drained' as const, 'die' as const, 'silent' as const), at }),
  },
  fc.record({ type: fc.constant('scale' as const), at: fc.nat(9) }),
  fc.record({ type: fc.constant('roll' as const), at: fc.nat(3) }),
  fc.record({ type: fc.constant('foreign' as const), at: fc.nat(9) }),
  fc.record({ type: fc.constant('busy' as const), at: fc.nat(1) }),
  fc.record({ type: fc.constant('authority' as const), at: fc.nat(1) }),
  fc.record({ type: fc.constant('strategy' as const), at: fc.nat(15) }),
)
type Happening = typeof event extends fc.Arbitrary<infer E> ? E : never

const happen = (world: World, { type, at: n }: Happening): void => {
  const change = (fits: (being: Being) => boolean, to: Partial<Being> | 'gone'): void => {
    const those = world.beings.filter(fits)
    const one = those[n % Math.max(1, those.length)]
    world.beings = world.beings.flatMap(being => (being !== one ? [being] : to === 'gone' ? [] : [{ ...being, ...to }]))
  }
  const spec = (more: Partial<World['set']['spec']>): void => {
    world.set = { ...world.set, spec: { ...world.set.spec, ...more } }
  }
  switch (type) {
    case 'cloud':
      return void cloudWorks(world)
    case 'register':
      return change(({ node, leaves }) => node === 'none' && !leaves, { node: 'unlabelled', ready: true })
    case 'ready':
      return change(({ ready, node }) => !ready && node === 'running', { ready: true })
    case 'delete':
      return change(({ node }) => node === 'running', { node: 'draining' })
    case 'drained':
      return change(({ node }) => node === 'draining', { node: 'drained' })
    case 'die':
      return change(() => true, 'gone')
    case 'silent':
      return change(({ node }) => node === 'running', { ready: false })
    case 'scale':
      return spec({ replicas: n })
    case 'roll':
      world.revision = `r${n}`
      return undefined
    case 'foreign':
      world.size = Math.min(world.max, Math.max(world.min, Math.floor(n / world.step) * world.step))
      return undefined
    case 'busy':
      world.busy = n === 1
      return undefined
    case 'authority':
      return spec({ group: { sizeAuthority: n === 1 ? 'group' : 'nodeset' } })
    case 'strategy': {
      const [maxSurge, maxUnavailable] = [n % 4, Math.floor(n / 4)]
      return spec({ strategy: { rollingUpdate: { maxSurge, maxUnavailable: maxSurge + maxUnavailable === 0 ? 1 : maxUnavailable } } })
    }
  }
}

const serves = ({ node, ready, leaves }: Being): boolean => node === 'running' && ready && !leaves

/** What must hold of every order and every deletion, whatever happened before. */
const bounded = (world: World, plan: GroupPlan): void => {
  const bounds = boundsOf(world.set, groupOf(world))
  const { order } = plan
  if (world.busy) expect(order).toBeUndefined()
  if (order?.do === 'resize') {
    expect(order.size).toBeGreaterThan(world.size)
    expect(order.size).toBeLessThanOrEqual(Math.min(bounds.size + bounds.surge, world.max))
    expect(order.size % world.step).toBe(0)
    expect(bounds.follows).toBe(false)
    expect(world.set.status?.group?.ordered?.size).toBeGreaterThanOrEqual(order.size)
  }
  if (order?.do === 'remove') {
    const going = world.beings.filter(({ id }) => order.ids.includes(id))
    expect(going).toHaveLength(order.ids.length)
    // Never without a drain, and never one whose Node is somebody's business.
    for (const { node, leaves } of going) expect([leaves, ['none', 'drained'].includes(node)]).toEqual([false, true])
    if (order.replace) expect(world.size).toBeGreaterThanOrEqual(0)
    else {
      expect(world.size - going.length).toBeGreaterThanOrEqual(Math.min(world.min, world.size))
      expect((world.size - going.length) % world.step).toBe(0)
      // No shrink takes what is asked for.
      expect(world.size - going.length).toBeGreaterThanOrEqual(Math.min(bounds.size, world.size))
      expect(bounds.follows).toBe(false)
    }
  }
  const deleted = new Set(plan.steps.flatMap(step => (step.do === 'delete' ? [step.node.metadata?.name] : [])))
  const before = world.beings.filter(serves)
  const after = before.filter(({ id }) => !deleted.has(`node-${id}`))
  if (after.length < before.length) expect(after.length).toBeGreaterThanOrEqual(bounds.size - bounds.unavailable)
}

const step = (world: World, answers: boolean): GroupPlan => {
  const plan = planGroup(factsOf(world))
  bounded(world, plan)
  carryOut(world, plan, answers)
  return plan
}

/** One thing at a time, so that each order of comings and goings is lived through. */
const lifeGoesOn = (world: World): boolean => {
  if (cloudWorks(world)) return true
  const { beings } = world
  const next = beings.find(({ node, ready }) => node === 'none' || node === 'draining' || (node === 'running' && !ready))
  if (!next) return false
  const to: Partial<Being> =
    next.node === 'none' ? { node: 'unlabelled', ready: true } : next.node === 'draining' ? { node: 'drained' } : { ready: true }
  world.beings = beings.map(being => (being === next ? { ...being, ...to } : being))
  return true
}

describe('a set that drives a group, whatever happens,', () => {
  it.each([
    { step: 1, min: 0, max: 1_000 },
    { step: 1, min: 2, max: 5 },
    { step: 3, min: 0, max: 9 },
  ])('keeps to its bounds in every order, and comes to rest (step $step, $min to $max)', ({ step: steps, min, max }) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.boolean()), { maxLength: 60 }), history => {
        const world: World = { ...start(), step: steps, min, max, size: Math.ceil(min / steps) * steps }
        for (const [what, answers] of history) {
          happen(world, what)
          step(world, answers)
        }
        world.busy = false
        world.set = { ...world.set, spec: { ...world.set.spec, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } } }
        let rounds = 0
        for (; rounds < 600; rounds++) {
          const plan = step(world, true)
          const moved = lifeGoesOn(world)
          if (!moved && plan.order === undefined && plan.steps.length === 0) break
        }
        expect(rounds).toBeLessThan(600)
        const { size } = boundsOf(world.set, groupOf(world))
        expect(world.size).toBe(size)
        expect(world.beings.filter(serves)).toHaveLength(size)
        expect(world.beings).toHaveLength(size)
        expect(world.beings.every(({ revision }) => revision === world.revision)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
