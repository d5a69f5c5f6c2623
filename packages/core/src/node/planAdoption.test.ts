import { describe, expect, it } from 'vitest'
import { annotations } from '../api/index.ts'
import type { Node } from '../api/index.ts'
import { claim, facts, failure, flight, leaving, machine, mirror, now, offer, record, start } from './facts.fixture.ts'
import { planNode } from './plan.ts'

const running = (adopt: string | null = 'small', spec: Node['spec'] = { providerID: 'test://m-1' }): Node => {
  const node = claim({ joined: true, ready: 'True', taints: [], spec })
  return { ...node, metadata: { ...node.metadata, annotations: adopt === null ? {} : { [annotations.adopt]: adopt } } }
}
const adopting = record({ adopts: 'test://m-1' })

describe('a Node that runs already', () => {
  it('is recorded before its machine is marked, when a class asks for it', () => {
    expect(planNode(facts(running(), { canAdopt: true, mirror: undefined }))).toEqual({
      do: 'beginAdoption',
      offer,
      providerID: 'test://m-1',
    })
  })

  it.each([
    ['whose class and request differ', running('large'), {}, 'names class large'],
    ['without a machine that anybody could name', running('small', {}), {}, 'spec.providerID is not set'],
    ['that no kubelet runs', { ...running(), status: {} }, {}, 'no kubelet has joined under its name'],
    ['of a provider that can not', running(), { canAdopt: false }, 'cannot adopt machines'],
    [
      'of a class without a good config',
      running(),
      { offer: { problem: { reason: 'InvalidConfig', message: 'no such type' } } },
      'no such type',
    ],
    [
      'of an account that can not be reached',
      running(),
      { mirror: { problem: { reason: 'Unauthorized', message: 'no Secret' } } },
      'no Secret',
    ],
  ])('%s is refused, in words', (_what, node, more, words) => {
    const step = planNode(facts(node, { canAdopt: true, mirror: undefined, ...more }))
    expect(step).toMatchObject({ do: 'tell', reason: 'AdoptionRefused', message: expect.stringContaining(words) })
  })

  it('waits for a place under the limit of its class', () => {
    expect(planNode(facts(running(), { admitted: false, mirror: undefined }))).toMatchObject({ do: 'tell', reason: 'LimitReached' })
  })

  it('and that nobody asked for is left alone', () => {
    expect(planNode(facts(running(null), { canAdopt: true, mirror: undefined }))).toMatchObject({
      do: 'tell',
      reason: 'AlreadyRunning',
    })
  })
})

describe('an adoption', () => {
  const node = claim({ record: adopting, joined: true, ready: 'True', taints: [], spec: { providerID: 'test://m-1' } })
  const placeless = claim({
    record: { ...adopting, waits: true },
    joined: true,
    ready: 'True',
    taints: [],
    spec: { providerID: 'test://m-1' },
  })

  it('marks the machine, and makes none', () => {
    expect(planNode(facts(node))).toEqual({ do: 'adopt', providerID: 'test://m-1' })
    const inherited = flight({ inherited: true, firstSeenAt: now - 5_000, unknownSince: now - 5_000 })
    expect(planNode(facts(node, { flight: inherited }))).toEqual({ do: 'adopt', providerID: 'test://m-1' })
  })

  it('is done when the provider shows our tags on it', () => {
    expect(planNode(facts(node, { mirror: mirror({ machines: [machine()] }) }))).toEqual({ do: 'note', machine: machine() })
  })

  it('that failed is tried again after its backoff, and says why', () => {
    const failed = failure({ reason: 'InvalidConfig', message: 'it belongs to b', retryAt: now + 9_000 })
    expect(planNode(facts(node, { flight: flight({ failure: failed }) }))).toEqual({ do: 'place', waits: true })
    expect(planNode(facts(placeless, { flight: flight({ failure: failed }) }))).toMatchObject({
      do: 'tell',
      reason: 'AdoptionRefused',
      message: expect.stringContaining('it belongs to b'),
    })
    const due = failure({ retryAt: now - 1 })
    expect(planNode(facts(node, { flight: flight({ failure: due }) }))).toEqual({ do: 'adopt', providerID: 'test://m-1' })
  })

  it('that was refused asks for a place before it asks again', () => {
    expect(planNode(facts(placeless, { admitted: false }))).toMatchObject({ do: 'tell', reason: 'LimitReached' })
    expect(planNode(facts(placeless))).toEqual({ do: 'place', waits: false })
    const marked = mirror({ machines: [machine()] })
    expect(planNode(facts(placeless, { admitted: false, mirror: marked }))).toEqual({ do: 'note', machine: machine() })
  })

  it('whose provider is in trouble is not refused', () => {
    const failed = failure({ reason: 'Unavailable', madeNothing: false, retryAt: now + 9_000 })
    expect(planNode(facts(node, { flight: flight({ failure: failed }) }))).toMatchObject({ do: 'tell', reason: 'Unavailable' })
  })

  it('of a claim that is deleted meanwhile ends without touching a machine that is not marked', () => {
    const gone = leaving({ record: adopting, deletedAt: start, taints: [] })
    expect(planNode(facts(gone))).toEqual({ do: 'release' })
    const asked = (ago: number) => flight({ sent: true, unknownSince: now - ago })
    expect(planNode(facts(gone, { flight: asked(30_000) }))).toEqual({ do: 'rest', expect: true, afterMs: 40_000 })
    expect(planNode(facts(gone, { flight: asked(80_000) }))).toEqual({ do: 'release' })
    expect(planNode(facts(gone, { flight: asked(80_000), mirror: mirror({ machines: [machine()] }) }))).toEqual({
      do: 'note',
      machine: machine(),
    })
  })
})
