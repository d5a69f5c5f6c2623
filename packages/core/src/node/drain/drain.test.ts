import { describe, expect, it } from 'vitest'
import { type Pod, annotations, conditions, taints } from '../../api/index.ts'
import { facts, flight, leaving, machine, mirror, noted, now, start } from '../facts.fixture.ts'
import type { NodeFacts, Refusal } from '../facts.ts'
import { planNode } from '../plan.ts'
import type { NodeStep } from '../step.ts'
import { describeHolders } from './words.ts'
import { holdersOf } from './holders.ts'

const there = mirror({ machines: [machine()] })
const time = (ms: number): string => new Date(ms).toISOString()
/** Wall time of the fixtures: a minute after the deletion. */
const wall = start + 60_000

interface PodParts {
  readonly annotations?: Readonly<Record<string, string>>
  readonly owner?: string
  readonly endsAt?: number
  readonly bornAt?: number
  readonly finalizers?: readonly string[]
  readonly spec?: Pod['spec']
  readonly status?: Pod['status']
}
const pod = (name: string, parts: PodParts = {}): Pod => ({
  metadata: {
    name,
    namespace: 'default',
    uid: `pod-${name}`,
    creationTimestamp: time(parts.bornAt ?? start - 60_000),
    ...(parts.annotations && { annotations: parts.annotations }),
    ...(parts.finalizers && { finalizers: parts.finalizers }),
    ...(parts.endsAt !== undefined && { deletionTimestamp: time(parts.endsAt) }),
    ...(parts.owner !== undefined && {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: parts.owner, name: 'o', uid: 'u', controller: true }],
    }),
  },
  spec: { nodeName: 'a', ...parts.spec },
  ...(parts.status && { status: parts.status }),
})
const plan = (more: Partial<NodeFacts> = {}, node = leaving()): NodeStep => planNode(facts(node, { mirror: there, ...more }))
const askedFor = (step: NodeStep): readonly string[] => (step.do === 'evict' ? step.pods.map(each => each.metadata?.name ?? '') : [])
const refused = (why = 'the budget b needs 1 and has 1', retryAt = now + 4_000): Refusal => ({ why, retryAt, delayMs: 5_000 })
const drained = flight({ drainedAt: now - 60_000 })

describe('who holds a machine', () => {
  const silent = leaving({ ready: 'Unknown' })
  const terminated = { phase: 'Running', containerStatuses: [{ name: 'c', state: { terminated: {} } }] }

  it.each<[string, Pod, string[]]>([
    ['an ordinary pod', pod('p'), ['due']],
    ['a mirror pod', pod('p', { annotations: { 'kubernetes.io/config.mirror': 'x' } }), []],
    ["a DaemonSet's pod", pod('p', { owner: 'DaemonSet' }), []],
    ["a ReplicaSet's pod", pod('p', { owner: 'ReplicaSet' }), ['due']],
    ['a finished pod', pod('p', { status: { phase: 'Succeeded' } }), []],
    ['a failed pod', pod('p', { status: { phase: 'Failed' } }), []],
    ['a pod that must not be disrupted', pod('p', { annotations: { [annotations.doNotDisrupt]: 'true' } }), ['protected']],
    ['one whose annotation says anything else', pod('p', { annotations: { [annotations.doNotDisrupt]: 'no' } }), ['due']],
    ['one on its way out', pod('p', { endsAt: wall + 10_000 }), ['leaving']],
    [
      'one that was told to end and did, until its kubelet has let go of it',
      pod('p', { endsAt: wall, status: { phase: 'Failed' } }),
      ['leaving'],
    ],
    ['one that has ended, and that hangs on a finalizer', pod('p', { endsAt: wall, finalizers: ['f'], status: { phase: 'Failed' } }), []],
    ['one past its grace period', pod('p', { endsAt: wall - 60_000 }), ['leaving']],
    [
      'one whose containers have ended, and that hangs on a finalizer',
      pod('p', { endsAt: wall - 1, finalizers: ['f'], status: terminated }),
      [],
    ],
    [
      'one that hangs on a finalizer while a container runs',
      pod('p', { endsAt: wall - 1, finalizers: ['f'], status: { phase: 'Running' } }),
      ['leaving'],
    ],
    ['one that came after the deletion', pod('p', { bornAt: start + 1_000 }), ['due']],
    [
      'one that came because it tolerates anything',
      pod('p', { bornAt: start + 1_000, spec: { tolerations: [{ operator: 'Exists' }] } }),
      [],
    ],
    ['one that tolerates anything, and was there before', pod('p', { spec: { tolerations: [{ operator: 'Exists' }] } }), ['due']],
    [
      'one that tolerates another taint',
      pod('p', { bornAt: start + 1_000, spec: { tolerations: [{ key: 'x', operator: 'Exists' }] } }),
      ['due'],
    ],
  ])('%s', (_what, each, states) => {
    expect(holdersOf(leaving(), [each], wall).map(({ state }) => state)).toEqual(states)
  })

  it('a pod past its grace period does not hold the machine of a kubelet that is silent', () => {
    expect(holdersOf(silent, [pod('p', { endsAt: wall - 11_000 })], wall)).toEqual([])
    expect(holdersOf(silent, [pod('p', { endsAt: wall - 5_000 })], wall)).toHaveLength(1)
    expect(plan({ pods: [pod('p', { endsAt: wall - 5_000 })] }, silent)).toMatchObject({ do: 'evict', pods: [], afterMs: 5_001 })
  })

  it('a pod of a silent kubelet that was not asked to go still holds: its budget has a say', () => {
    expect(holdersOf(silent, [pod('p')], wall)).toMatchObject([{ state: 'due' }])
  })
})

describe('a drain', () => {
  it('asks for ordinary pods first, and for critical ones when those have left', () => {
    const critical = pod('dns', { spec: { priorityClassName: 'system-cluster-critical' } })
    const high = pod('net', { spec: { priority: 2_000_001_000 } })
    expect(askedFor(plan({ pods: [critical, pod('p'), high] }))).toEqual(['p'])
    expect(askedFor(plan({ pods: [critical, pod('p', { endsAt: wall + 1_000 })] }))).toEqual([])
    expect(askedFor(plan({ pods: [critical, high] }))).toEqual(['dns', 'net'])
  })

  it('leaves a refused pod alone until its time, and goes on with the others', () => {
    const waiting = flight({ refusals: new Map([['pod-p', refused()]]) })
    const step = plan({ pods: [pod('p'), pod('q')], flight: waiting })
    expect(askedFor(step)).toEqual(['q'])
    expect(step).toMatchObject({ afterMs: 4_000 })
    expect(askedFor(plan({ pods: [pod('p')], flight: flight({ refusals: new Map([['pod-p', refused('', now)]]) }) }))).toEqual(['p'])
  })

  it('asks for nobody who must not be disrupted, until its time is over', () => {
    const guarded = [pod('p', { annotations: { [annotations.doNotDisrupt]: 'true' } })]
    expect(plan({ pods: guarded })).toMatchObject({ do: 'evict', pods: [] })
    const late = { wall: start + 3_600_001, monotonic: now }
    expect(plan({ pods: guarded, now: late })).toMatchObject({ do: 'sayDrained', status: 'False', reason: 'DrainTimeout' })
  })

  it('whose time is over says once which pods the machine takes along, and goes on', () => {
    const late = { wall: start + 3_600_001, monotonic: now }
    const step = plan({ pods: [pod('p')], now: late })
    expect(step).toMatchObject({ do: 'sayDrained', reason: 'DrainTimeout' })
    expect(step).toMatchObject({ message: expect.stringContaining('default/p') })
    const told = leaving({ conditions: [{ type: conditions.drained, status: 'False', reason: 'DrainTimeout' }] })
    expect(plan({ pods: [pod('p')], now: late }, told)).toEqual({ do: 'condemn' })
  })

  it('makes sure with a live list before it ends', () => {
    expect(plan()).toEqual({ do: 'confirmDrained' })
  })

  it('waits for the volumes of the pods that left, as long as the class says', () => {
    const attachments = [{ volume: 'pv-1', problem: 'still mounted' }]
    expect(plan({ flight: drained, attachments })).toEqual({
      do: 'awaitDrained',
      reason: 'DetachingVolumes',
      message: 'waits for 1 volume to detach: pv-1 (still mounted)',
      afterMs: 30_000,
    })
    expect(plan({ flight: flight({ drainedAt: now - 350_000 }), attachments })).toMatchObject({ do: 'awaitDrained', afterMs: 10_000 })
    const long = flight({ drainedAt: now - 360_000 })
    const said = (reason: string) => leaving({ conditions: [{ type: conditions.drained, status: 'False', reason }] })
    expect(plan({ flight: long, attachments }, said('DetachingVolumes'))).toMatchObject({ do: 'sayDrained', reason: 'DetachTimeout' })
    expect(plan({ flight: long, attachments }, said('DetachTimeout'))).toEqual({ do: 'condemn' })
  })

  it('does not wait for a silent kubelet to unmount volumes: its machine takes them along', () => {
    const step = plan({ flight: drained, attachments: [{ volume: 'pv-1' }] }, leaving({ ready: 'Unknown' }))
    expect(step).toEqual({ do: 'condemn' })
  })

  it('is over when the provider has taken the order to delete the machine', () => {
    const accepted = flight({ deletions: new Map([['m-1', now - 500]]) })
    expect(plan({ flight: accepted, pods: [pod('p')] })).toMatchObject({ do: 'rest', expect: true })
  })

  it('says how it ended, if it ever said that it waits', () => {
    expect(plan({ flight: drained })).toEqual({ do: 'condemn' })
    const waited = leaving({ conditions: [{ type: conditions.drained, status: 'False', reason: 'Evicting' }] })
    expect(plan({ flight: drained }, waited)).toMatchObject({ do: 'sayDrained', status: 'True', reason: 'Drained' })
    const ended = leaving({ conditions: [{ type: conditions.drained, status: 'True', reason: 'Drained' }] })
    expect(plan({ flight: drained }, ended)).toEqual({ do: 'condemn' })
  })

  it('condemns no machine in the write of the cordon while a volume is attached to it', () => {
    expect(plan({ attachments: [{ volume: 'pv-1' }] }, leaving({ taints: [] }))).toMatchObject({ do: 'cordon', condemn: false })
  })
})

describe('the words of a drain', () => {
  const words = (pods: readonly Pod[], refusals: ReadonlyMap<string, Refusal> = new Map()) =>
    describeHolders(leaving(), holdersOf(leaving(), pods, wall), refusals, wall)

  it('tell first what people can do something about', () => {
    const pods = [
      pod('a', { endsAt: wall + 5_000 }),
      pod('b'),
      pod('c', { annotations: { [annotations.doNotDisrupt]: 'true' } }),
      pod('d', { endsAt: wall - 5_000, finalizers: ['example.org/x'] }),
    ]
    expect(words(pods, new Map([['pod-b', refused('the budget b needs 1 and has 1')]]))).toEqual({
      reason: 'EvictionRefused',
      message:
        'waits for 4 pods: default/b (the budget b needs 1 and has 1), default/c (annotation kube-node.dev/do-not-disrupt), ' +
        'default/a (ending), default/d (ending; its finalizers: example.org/x)',
    })
  })

  it('have a reason of their own when nothing else is in the way', () => {
    expect(words([pod('c', { annotations: { [annotations.doNotDisrupt]: 'true' } })]).reason).toBe('DoNotDisrupt')
    expect(words([pod('c')]).reason).toBe('Evicting')
  })

  it('name five, and count the others', () => {
    expect(words([...'abcdefg'].map(name => pod(name))).message).toMatch(/^waits for 7 pods: default\/a .*default\/e .* and 2 more$/)
  })
})

describe('a machine that is gone', () => {
  const gone = { mirror: mirror({ listedAt: now - 100 }), flight: flight({ missingSince: now - 60_000 }) }
  const outOfService = leaving({ taints: [taints.deleting, taints.outOfService] })

  it('is told to be out of service when pods or volumes are still on the books', () => {
    expect(plan({ ...gone, pods: [pod('p', { endsAt: wall })] })).toEqual({ do: 'outOfService' })
    expect(plan({ ...gone, attachments: [{ volume: 'pv-1' }] })).toEqual({ do: 'outOfService' })
    expect(plan({ ...gone, pods: [pod('d', { owner: 'DaemonSet' })] })).toEqual({ do: 'release' })
    expect(plan(gone)).toEqual({ do: 'release' })
  })

  it('is not drained as soon as its provider says that it has ended', () => {
    const ended = { mirror: mirror({ listedAt: now - 100, ended: true }), flight: flight({ missingSince: now - 100 }) }
    expect(plan({ ...ended, pods: [pod('p')] }, leaving({ ready: 'Unknown' }))).toEqual({ do: 'outOfService' })
    expect(plan({ ...ended, pods: [pod('p')], mirror: mirror({ listedAt: now - 100 }) })).toMatchObject({ do: 'evict' })
  })

  it('keeps its finalizer until they are gone, for as long as the class says', () => {
    const since = { ...gone, flight: { ...gone.flight, goneAt: now - 300_000 } }
    expect(plan({ ...since, pods: [pod('p')], attachments: [{ volume: 'pv-1' }] }, outOfService)).toEqual({
      do: 'awaitDrained',
      reason: 'OutOfService',
      message: 'the machine is gone; pods to be removed: default/p; waits for 1 volume to detach: pv-1',
      afterMs: 60_000,
    })
    expect(plan(since, outOfService)).toEqual({ do: 'release' })
    const long = { ...gone, flight: { ...gone.flight, goneAt: now - 360_000 } }
    expect(plan({ ...long, pods: [pod('p')] }, outOfService)).toEqual({ do: 'release' })
  })

  it('begins to count anew in a new life, which finds the taint there', () => {
    expect(plan({ ...gone, pods: [pod('p')] }, outOfService)).toEqual({ do: 'outOfService' })
  })

  it('also when it went because its drain took too long', () => {
    const condemned = leaving({ record: noted({ deletedAt: time(start) }) })
    const accepted = flight({ drainedAt: now - 60_000, deletions: new Map([['m-1', now - 500]]) })
    expect(plan({ mirror: mirror({ listedAt: now - 100 }), flight: accepted, pods: [pod('p')] }, condemned)).toEqual({ do: 'outOfService' })
  })
})
