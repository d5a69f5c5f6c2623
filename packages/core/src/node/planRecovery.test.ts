import { describe, expect, it } from 'vitest'
import { type Condition, labels, taints } from '../api/index.ts'
import type { MachineRecord } from '../claim/index.ts'
import { type NodeParts, claim, facts, failure, flight, machine, mirror, nodeClass, noted, now, offer } from './facts.fixture.ts'
import { revisionOfOffer } from '../inventory/index.ts'
import type { Flight, NodeFacts } from './facts.ts'
import { planNode } from './plan.ts'
import type { NodeStep } from './step.ts'

const minute = 60_000
const { wall } = facts(claim()).now
const iso = (ms: number): string => new Date(wall + ms).toISOString().replace('.000Z', 'Z')
const steps = { ...offer, nodeClass: { ...nodeClass, spec: { ...nodeClass.spec, bootstrap: { type: 'kubelet' as const } } } }

interface Story {
  readonly record?: Partial<MachineRecord>
  readonly ready?: 'True' | 'False' | 'Unknown'
  /** Since when Ready is so. Milliseconds from now. */
  readonly since?: number
  readonly said?: Partial<Condition>
  readonly node?: NodeParts
  readonly flight?: Partial<Flight>
  readonly mirror?: Parameters<typeof mirror>[0]
  readonly more?: Partial<NodeFacts>
}

/** A claim that ran, on a machine that runs, by steps; silent for an hour unless it is told otherwise. */
const story = ({ ready = 'Unknown', since = -60 * minute, ...parts }: Story = {}): NodeFacts => {
  const node = claim({
    record: noted(parts.record),
    joined: true,
    phase: 'Running',
    taints: [],
    spec: { providerID: 'test://m-1' },
    ...parts.node,
    labels: { [labels.zone]: 'z1', [labels.revision]: revisionOfOffer(steps), ...parts.node?.labels },
    conditions: [
      { type: 'Ready', status: ready, lastTransitionTime: iso(since) },
      { type: 'MachineProvisioned', status: 'True', ...parts.said },
    ],
  })
  return facts(node, {
    offer: steps,
    flight: flight({ runningSince: now - 60 * minute, ...parts.flight }),
    mirror: mirror({ bootstrap: 'steps', machines: [machine()], ...parts.mirror }),
    ...parts.more,
  })
}
const plan = (parts: Story = {}): NodeStep => planNode(story(parts))

/** One that is under way since so long ago. */
const token = 'abc123'
const underWay = (agoMs = minute, number = 1): Partial<MachineRecord> => ({
  token,
  config: { region: 'r1' },
  recovery: { number, startedAt: iso(-agoMs) },
})
const over = (agoMs: number, number = 1): Partial<MachineRecord> => ({ recovery: { number, startedAt: iso(-agoMs) } })
const kept: Partial<Flight> = { recovery: token, document: { kind: 'kept', expiresAt: wall + 60 * minute } }

describe('a kubelet that is silent', () => {
  it('is waited for as long as its machine may take to boot and join', () => {
    expect(plan({ since: -10 * minute })).toEqual({ do: 'rest', afterMs: 5 * minute })
    expect(plan({ since: -15 * minute })).toMatchObject({ do: 'beginRecovery' })
  })

  it('is waited for at least as long as Kubernetes leaves pods on its node', () => {
    const quick = { timeouts: { provisionMs: minute, joinMs: minute, drainMs: 0, volumeDetachMs: 0 } }
    expect(plan({ since: -2 * minute, more: quick })).toEqual({ do: 'rest', afterMs: 3 * minute })
    expect(plan({ since: -5 * minute, more: quick })).toMatchObject({ do: 'beginRecovery' })
  })

  it('is waited for as long from the moment that its machine runs again, or that this life has seen it run', () => {
    expect(plan({ flight: { runningSince: now - 5 * minute } })).toEqual({ do: 'rest', afterMs: 10 * minute })
    expect(plan({ flight: { runningSince: undefined } })).toEqual({ do: 'rest', afterMs: 15 * minute })
  })

  it.each(['starting', 'stopping', 'stopped', 'gone'] as const)('is let be while its machine is %s', state => {
    expect(plan({ mirror: { machines: [machine({ state })] } })).toEqual({ do: 'rest' })
  })

  it('gets the first of its tries written down, and what is done and why', () => {
    expect(plan()).toEqual({
      do: 'beginRecovery',
      recovery: { number: 1, startedAt: iso(0) },
      offer: steps,
      said: {
        type: 'MachineProvisioned',
        status: 'False',
        reason: 'KubeletSilent',
        message:
          `its kubelet has been silent since ${iso(-60 * minute)}, and its machine runs: in case it has lost its certificates, all steps ` +
          `are done on its machine again, with a new bootstrap token (try 1 of 3, until ${iso(30 * minute)})`,
      },
    })
  })

  it('is looked after when the Node is not being deleted, and when whatever else is due was done', () => {
    expect(plan({ node: { deletedAt: wall } })).not.toMatchObject({ do: 'beginRecovery' })
    expect(plan({ record: { token } })).toMatchObject({ do: 'join' })
    expect(plan({ node: { spec: {} } })).toMatchObject({ do: 'join' })
  })

  it.each<[string, Story, string]>([
    [
      'has its bootstrap from user data',
      { mirror: { bootstrap: 'user-data' } },
      'provider test can bring a bootstrap token to new machines alone',
    ],
    ['has no bootstrap', { mirror: { bootstrap: 'none' } }, 'provider test can bring a bootstrap token to new machines alone'],
    ['is named by its cloud', { mirror: { nodeNames: 'cloud' } }, 'a machine whose cloud names its Node joins once alone'],
    ['joins without a token', { more: { offer: { ...offer } } }, 'its class says how machines join without a token of kube-node'],
    [
      'is of an older revision',
      { node: { labels: { [labels.revision]: 'older' } } },
      'what its class says has changed since the machine was made',
    ],
    [
      'has no class any more',
      { more: { offer: { problem: { reason: 'ClassNotFound', message: 'there is no NodeClass "small"' } } } },
      'its class does not say how it joins: there is no NodeClass "small"',
    ],
  ])('whose machine %s gets no token: a person hears that it must be replaced', (_what, parts, why) => {
    const step = plan(parts)
    expect(step).toMatchObject({ do: 'tell', phase: 'Running', reason: 'ReplacementNeeded' })
    expect('message' in step && step.message).toContain(`if it has lost its certificates, its machine must be replaced, as ${why}`)
    expect('message' in step && step.message).toMatch(/\. Delete this Node, and create it again$/)
  })

  it('of a set is replaced by its set', () => {
    const step = plan({ mirror: { bootstrap: 'user-data' }, node: { labels: { [labels.nodeset]: 'workers' } } })
    expect('message' in step && step.message).toMatch(/Delete this Node, and its NodeSet makes another one; with spec.repair it does both/)
  })
})

describe('a recovery that is under way', () => {
  it('has its token made first, then all steps done, then is waited for', () => {
    expect(plan({ record: underWay(), flight: { recovery: token } })).toEqual({ do: 'prepareRecovery' })
    expect(plan({ record: underWay(), flight: kept })).toEqual({ do: 'configure', machine: machine(), withinMs: 29 * minute })
    expect(plan({ record: underWay(), flight: { ...kept, configuredAt: wall } })).toMatchObject({
      do: 'tell',
      reason: 'KubeletSilent',
      afterMs: 29 * minute,
    })
  })

  it('says the same in all its steps', () => {
    const begun = plan()
    const waits = plan({ record: underWay(0), flight: { ...kept, configuredAt: wall } })
    expect('said' in begun && begun.said.message).toBe('message' in waits && waits.message)
  })

  it('waits a failure out, visibly, and is tried again', () => {
    const failed = failure({ reason: 'Unavailable', message: 'provider test: Unavailable: no route to host', retryAt: now + 5_000 })
    expect(plan({ record: underWay(), flight: { ...kept, failure: failed } })).toMatchObject({
      do: 'tell',
      reason: 'Unavailable',
      afterMs: 5_000,
    })
    expect(plan({ record: underWay(), flight: { ...kept, failure: failure() } })).toMatchObject({ do: 'configure' })
    const mended = [{ mirror: { credentials: 'v2' } }, { more: { inputs: 7 } }]
    for (const parts of mended)
      expect(plan({ record: underWay(), flight: { ...kept, failure: failed }, ...parts })).toMatchObject({ do: 'configure' })
  })

  it('waits for a machine that does not run', () => {
    const stopped = { machines: [machine({ state: 'stopped' })] }
    expect(plan({ record: underWay(), flight: kept, mirror: stopped })).toMatchObject({ do: 'tell', afterMs: 29 * minute })
  })

  it.each<[string, Story]>([
    ['its time is over', { record: underWay(30 * minute), flight: kept }],
    ['its token is lost', { record: underWay(), flight: { recovery: token, document: { kind: 'lost' } } }],
    ['its class has changed before its token was made', { record: underWay(), node: { labels: { [labels.revision]: 'older' } } }],
  ])('ends when %s', (_when, parts) => {
    expect(plan(parts)).toMatchObject({ do: 'endRecovery', said: { reason: 'KubeletSilent' } })
  })

  it.each(['True', 'False'] as const)('is over with the first word of its kubelet (Ready=%s), and its token with it', ready => {
    expect(plan({ record: underWay(), ready, flight: kept, node: { taints: [taints.notReady] } })).toMatchObject({ do: 'join' })
  })
})

describe('a recovery that has brought nothing', () => {
  it('is followed by the next one after a while that grows', () => {
    // A try lasts 30 minutes, and then 15 and 30 pass.
    expect(plan({ record: over(44 * minute) })).toMatchObject({ do: 'tell', reason: 'KubeletSilent', afterMs: minute })
    expect(plan({ record: over(45 * minute) })).toMatchObject({ do: 'beginRecovery', recovery: { number: 2 } })
    expect(plan({ record: over(59 * minute, 2) })).toMatchObject({ do: 'tell', afterMs: minute })
    expect(plan({ record: over(60 * minute, 2) })).toMatchObject({ do: 'beginRecovery', recovery: { number: 3 } })
  })

  it('is not followed while its machine has only just begun to run', () => {
    expect(plan({ record: over(90 * minute), flight: { runningSince: now - minute } })).toMatchObject({ do: 'tell', afterMs: 14 * minute })
  })

  it('is the last one when it was the third: a person hears that its machine must be replaced, and nothing is deleted', () => {
    const step = plan({ record: over(24 * 60 * minute, 3) })
    expect(step).toMatchObject({ do: 'tell', reason: 'ReplacementNeeded' })
    expect('message' in step && step.message).toContain('3 tries to let it in again with a new bootstrap token have not brought it back')
  })

  it.each(['True', 'False'] as const)('is forgotten when the kubelet is heard (Ready=%s)', ready => {
    expect(plan({ record: over(90 * minute, 3), ready, node: { taints: [taints.notReady] } })).toMatchObject({ do: 'join' })
  })
})

describe('a kubelet that is heard', () => {
  it.each(['KubeletSilent', 'ReplacementNeeded'])('ends what was said of its silence (%s), also before it is ready', reason => {
    expect(plan({ ready: 'False', said: { status: 'False', reason } })).toEqual({ do: 'confirmProvisioned' })
    expect(plan({ ready: 'False', said: { status: 'False', reason: 'Other' } })).toEqual({ do: 'rest' })
  })
})
