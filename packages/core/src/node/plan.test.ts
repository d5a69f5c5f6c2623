import { describe, expect, it } from 'vitest'
import { type Pod, labels, taints } from '../api/index.ts'
import { claim, facts, failure, flight, leaving, machine, mirror, noted, now, offer, record, start, uid } from './facts.fixture.ts'
import type { Machine, Owner } from '../provider/index.ts'
import { planNode } from './plan.ts'

const problem = { problem: { reason: 'ClassNotFound', message: 'there is no NodeClass "small"' } }
const condemned = noted({ deletedAt: new Date(start).toISOString() })
const oldClaim = flight({ inherited: true, firstSeenAt: now - 5_000, unknownSince: now - 5_000 })

const ownerOf = ({ owner }: Machine): Owner => {
  if (!owner) throw new Error('a machine of a claim has an owner')
  return owner
}

describe('a new claim', () => {
  it('is recorded before anything is created', () => {
    expect(planNode(facts(claim({ taints: [] }), { mirror: undefined }))).toEqual({ do: 'begin', attempt: 1, offer })
  })

  it('of a missing class is shielded from pods first, then says what it waits for', () => {
    expect(planNode(facts(claim({ taints: [] }), { offer: problem, mirror: undefined }))).toEqual({ do: 'shield' })
    expect(planNode(facts(claim(), { offer: problem, mirror: undefined }))).toMatchObject({
      do: 'tell',
      phase: 'Pending',
      reason: 'ClassNotFound',
    })
  })

  it('beyond the limit of its class waits, visibly', () => {
    expect(planNode(facts(claim(), { admitted: false, mirror: undefined }))).toMatchObject({ do: 'tell', reason: 'LimitReached' })
  })

  it('on a Node that runs already gets no second machine', () => {
    expect(planNode(facts(claim({ joined: true, ready: 'True' }), { mirror: undefined }))).toMatchObject({
      do: 'tell',
      reason: 'AlreadyRunning',
    })
    expect(planNode(facts(claim({ spec: { providerID: 'x://1' } }), { mirror: undefined }))).toMatchObject({
      do: 'tell',
      reason: 'AlreadyRunning',
    })
  })

  it('on a Node that runs on a machine with its own UID is recorded: a restore took the record', () => {
    const node = claim({ joined: true, ready: 'True' })
    const leftBehind = machine({ owner: { ...ownerOf(machine()), attempt: 3 } })
    expect(planNode(facts(node, { mirror: undefined, leftBehind }))).toEqual({ do: 'begin', attempt: 3, offer })
    expect(planNode(facts(node, { mirror: undefined, leftBehind, offer: problem }))).toMatchObject({ do: 'tell' })
  })

  it('whose record makes no sense is left alone, and says so', () => {
    const node = claim({ record: record({ attempt: 0 }) })
    expect(planNode(facts(node))).toMatchObject({ do: 'tell', reason: 'BrokenRecord' })
    expect(planNode(facts({ ...node, metadata: { ...node.metadata, deletionTimestamp: 'x' } }))).toMatchObject({
      do: 'tell',
      reason: 'BrokenRecord',
    })
  })

  it('of another controller is not ours', () => {
    expect(planNode(facts(claim({ record: record({ controller: 'else' }) })))).toEqual({ do: 'rest' })
  })

  it('without the class label and without our finalizer is an ordinary Node', () => {
    const node = claim()
    expect(planNode(facts({ ...node, metadata: { name: 'a', uid } }))).toEqual({ do: 'rest' })
  })
})

describe('a recorded attempt', () => {
  const node = claim({ record: record() })

  it('is created', () => {
    expect(planNode(facts(node))).toEqual({ do: 'create' })
  })

  it('takes back what is said of the machine of an earlier one, before another is made', () => {
    const said = { type: 'MachineProvisioned', status: 'True', reason: 'Provisioned' } as const
    expect(planNode(facts(claim({ record: record({ attempt: 2 }), conditions: [said] })))).toEqual({ do: 'sayProvisioning' })
  })

  it('gets its finalizer back before anything else', () => {
    expect(planNode(facts(claim({ record: record(), finalizer: false })))).toEqual({ do: 'hold' })
  })

  it('whose machine turns up is noted, and nothing is created beside it', () => {
    const late = machine({ owner: { cluster: 'c', controller: 'k', claim: uid, nodeName: 'a', attempt: 1 } })
    expect(planNode(facts(node, { mirror: mirror({ machines: [late] }), flight: oldClaim }))).toEqual({ do: 'note', machine: late })
  })

  it('whose machine a list showed before its create proved that it left nothing is not noted, but looked for again', () => {
    const shown = machine({ owner: { cluster: 'c', controller: 'k', claim: uid, nodeName: 'a', attempt: 1 } })
    const failed = flight({ failure: failure({ retryAt: now - 1_000, delayMs: 5_000 }), sent: true })
    const seen = (listedAt: number) => planNode(facts(node, { mirror: mirror({ machines: [shown], listedAt }), flight: failed }))
    expect(seen(now - 6_001)).toEqual({ do: 'rest', afterMs: 5_000, expect: true })
    expect(seen(now - 5_999)).toEqual({ do: 'note', machine: shown })
  })

  it('of two machines takes its own attempt first, then the oldest', () => {
    const ours = machine({ id: 'm-2', createdAt: '2030-01-02T00:00:00Z' })
    const older = machine({ id: 'm-0', createdAt: '2030-01-01T00:00:00Z', owner: { ...machine().owner!, attempt: 7 } })
    const newer = machine({ id: 'm-3', createdAt: '2030-01-03T00:00:00Z' })
    expect(planNode(facts(node, { mirror: mirror({ machines: [older, newer, ours] }) }))).toEqual({ do: 'note', machine: ours })
  })

  it('that an earlier life may have sent is looked up before it is sent again', () => {
    const unlisted = mirror({ listedAt: now - 60_000 })
    expect(planNode(facts(node, { flight: oldClaim, mirror: unlisted }))).toEqual({ do: 'rest', afterMs: 5_000, expect: true })
    expect(planNode(facts(node, { flight: oldClaim, mirror: mirror() }))).toEqual({ do: 'create' })
  })

  it('says why it waits when the provider cannot be asked', () => {
    const unlisted = mirror({ listedAt: -Infinity, listProblem: 'down' })
    expect(planNode(facts(node, { flight: oldClaim, mirror: unlisted }))).toMatchObject({ do: 'tell', reason: 'ProviderUnavailable' })
  })

  it('waits its backoff out with one and the same message', () => {
    const waiting = failure({ retryAt: now + 9_000 })
    expect(planNode(facts(node, { flight: flight({ failure: waiting }) }))).toMatchObject({
      do: 'tell',
      phase: 'Provisioning',
      afterMs: 9_000,
      message: 'provider test: InsufficientCapacity: none left; next try in 15 s',
    })
  })

  it('is tried at once when the class was corrected', () => {
    const waiting = failure({ reason: 'InvalidConfig', retryAt: now + 9_000, classGeneration: 0 })
    expect(planNode(facts(node, { flight: flight({ failure: waiting }) }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('is tried at once when the Secret was corrected', () => {
    const waiting = failure({ reason: 'Unauthorized', retryAt: now + 300_000, credentials: 'v0' })
    expect(planNode(facts(node, { flight: flight({ failure: waiting }) }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('is tried at once when what the bootstrap lacked is there', () => {
    const waiting = failure({ reason: 'InvalidConfig', retryAt: now + 600_000 })
    expect(planNode(facts(node, { inputs: 1, flight: flight({ failure: waiting }) }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it.each(['Busy', 'RateLimited'])('that was turned away at the door (%s) is asked for again as it was', reason => {
    expect(planNode(facts(node, { flight: flight({ failure: failure({ reason }) }) }))).toEqual({ do: 'create' })
  })

  it('that was given up behind the door is followed by another: the same request may have the same answer for ever', () => {
    const gaveUp = flight({ failure: failure({ reason: 'Unavailable' }) })
    expect(planNode(facts(node, { flight: gaveUp }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('that has proven to have made nothing is followed by a new attempt', () => {
    expect(planNode(facts(node, { flight: flight({ failure: failure() }) }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('sold out at one of several places, with an earlier answer missing, asks nowhere until that can bring nothing more', () => {
    const soldOut = failure({ elsewhere: true, retryAt: now + 240_000 })
    const since = (ago: number) => flight({ failure: soldOut, inherited: true, sent: true, unknownSince: now - ago })
    expect(planNode(facts(node, { flight: since(30_000) }))).toEqual({
      do: 'tell',
      phase: 'Provisioning',
      reason: 'InsufficientCapacity',
      message:
        'provider test: InsufficientCapacity: none left; an earlier request may still bring a machine: ' +
        'another place is asked when none can any more',
      afterMs: 40_000,
      expect: true,
    })
    // However long the backoff is.
    expect(planNode(facts(node, { flight: since(80_000) }))).toEqual({ do: 'begin', attempt: 2, offer })
    // Nor at the same place, when the backoff is over first.
    const over = { ...since(30_000), failure: { ...soldOut, retryAt: now - 1 } }
    expect(planNode(facts(node, { flight: over }))).toMatchObject({ do: 'tell', afterMs: 40_000 })
  })

  it('waits while what it wants is out of stock for others, and goes on at once when its class was corrected', () => {
    const stockout = { message: 'no m in a', retryAt: now + 7_000 }
    expect(planNode(facts(node, { stockout }))).toMatchObject({ do: 'tell', reason: 'InsufficientCapacity', afterMs: 7_000 })
    const corrected = flight({ failure: failure({ classGeneration: 0 }) })
    expect(planNode(facts(node, { stockout, flight: corrected }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('that has no machine in time is given up, and followed by another when nothing of it can turn up', () => {
    const late = { wall: start + 900_001, monotonic: now }
    const lost = (ago: number) => flight({ failure: failure({ madeNothing: false }), sent: true, unknownSince: now - ago })
    expect(planNode(facts(node, { now: late, flight: lost(30_000) }))).toMatchObject({
      do: 'tell',
      reason: 'ProvisionTimeout',
      afterMs: 40_000,
    })
    expect(planNode(facts(node, { now: late, flight: lost(80_000) }))).toEqual({ do: 'begin', attempt: 2, offer })
    expect(planNode(facts(node, { now: late }))).toEqual({ do: 'create' })
  })

  it('whose outcome is unknown is repeated with the same token, never followed by another', () => {
    const lost = flight({ failure: failure({ madeNothing: false }), unknownSince: now - 30_000 })
    expect(planNode(facts(node, { flight: lost }))).toEqual({ do: 'create' })
  })

  it('is not followed by another while an earlier call of it may still take effect', () => {
    const lost = flight({ failure: failure(), unknownSince: now - 60_000 })
    expect(planNode(facts(node, { flight: lost }))).toEqual({ do: 'create' })
    const longAgo = flight({ failure: failure(), unknownSince: now - 80_000 })
    expect(planNode(facts(node, { flight: longAgo }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('without token or unique name waits the window out before it asks again', () => {
    const lookup = mirror({ idempotency: 'lookup' })
    const lost = flight({ failure: failure({ madeNothing: false }), unknownSince: now - 30_000 })
    expect(planNode(facts(node, { flight: lost, mirror: lookup }))).toEqual({ do: 'rest', afterMs: 40_000, expect: true })
    const longAgo = flight({ failure: failure({ madeNothing: false }), unknownSince: now - 80_000 })
    expect(planNode(facts(node, { flight: longAgo, mirror: lookup }))).toEqual({ do: 'begin', attempt: 2, offer })
  })
})

describe('an account that cannot be reached', () => {
  const unreachable = { problem: { reason: 'Unauthorized', message: 'Secret n/s does not exist' } }
  const elsewhere = { ...offer, connection: { config: { region: 'r1' }, secret: { namespace: 'n', name: 'other' } } }
  const node = claim({ record: record() })

  it('is told before anything is recorded', () => {
    expect(planNode(facts(claim(), { mirror: unreachable }))).toMatchObject({ do: 'tell', phase: 'Pending', reason: 'Unauthorized' })
  })

  it('is left for the one that the class names now, if nothing was ever sent', () => {
    expect(planNode(facts(node, { mirror: unreachable, offer: elsewhere }))).toEqual({ do: 'begin', attempt: 2, offer: elsewhere })
    expect(planNode(facts(node, { mirror: unreachable }))).toMatchObject({ do: 'tell', reason: 'Unauthorized' })
    for (const known of [flight({ sent: true }), oldClaim]) {
      expect(planNode(facts(node, { mirror: unreachable, offer: elsewhere, flight: known }))).toMatchObject({ do: 'tell' })
    }
  })

  it('does not hold a deleted claim for which nothing was ever sent', () => {
    const gone = claim({ record: record(), deletedAt: start })
    expect(planNode(facts(gone, { mirror: unreachable }))).toEqual({ do: 'release' })
    for (const known of [flight({ sent: true }), oldClaim]) {
      expect(planNode(facts(gone, { mirror: unreachable, flight: known }))).toMatchObject({ do: 'tell', phase: 'Deleting' })
    }
  })
})

describe('a machine', () => {
  const booting = claim({ record: noted(), phase: 'Booting' })
  const there = mirror({ machines: [machine()] })

  it('that boots has until the join timeout', () => {
    expect(planNode(facts(booting, { mirror: there }))).toEqual({ do: 'rest', afterMs: 840_000 })
    const late = { wall: start + 900_000, monotonic: now }
    expect(planNode(facts(booting, { mirror: there, now: late }))).toMatchObject({ do: 'remove', machines: [machine()] })
  })

  it('beside the recorded one is deleted', () => {
    const twin = machine({ id: 'm-2' })
    expect(planNode(facts(booting, { mirror: mirror({ machines: [machine(), twin] }) }))).toMatchObject({ do: 'remove', machines: [twin] })
  })

  it('whose removal failed is asked to go again when that has been waited out, and the Node says why it is still there', () => {
    const late = { wall: start + 900_000, monotonic: now }
    const failed = failure({ reason: 'Internal', message: 'provider test: Internal: it is stuck', retryAt: now + 4_000, delayMs: 8_000 })
    const refused = flight({ removalFailure: failed })
    expect(planNode(facts(booting, { mirror: there, now: late, flight: refused }))).toEqual({
      do: 'tell',
      phase: 'Booting',
      reason: 'Internal',
      message:
        'no kubelet joined as "a" within 15 min (spec.timeouts.join of the class), and its machine is not removed yet: ' +
        'provider test: Internal: it is stuck; next try in 8 s',
      afterMs: 4_000,
      expect: true,
    })
    const waited = flight({ removalFailure: { ...failed, retryAt: now } })
    expect(planNode(facts(booting, { mirror: there, now: late, flight: waited }))).toMatchObject({ do: 'remove' })
  })

  it('beside the recorded one whose removal failed holds nothing up while that is waited out', () => {
    const twins = mirror({ machines: [machine(), machine({ id: 'm-2' })] })
    const refused = flight({ removalFailure: failure({ retryAt: now + 4_000 }) })
    expect(planNode(facts(booting, { mirror: twins, flight: refused }))).toEqual({ do: 'rest', afterMs: 4_000 })
    const ready = claim({ record: noted(), phase: 'Booting', joined: true, ready: 'True' })
    expect(planNode(facts(ready, { mirror: twins, flight: refused }))).toMatchObject({ do: 'join', machine: machine() })
  })

  it('that can not get on by itself says so on its Node, and what happens next', () => {
    const stuck = mirror({ machines: [machine({ state: 'starting', problem: 'its disk is full' })] })
    expect(planNode(facts(booting, { mirror: stuck }))).toEqual({
      do: 'tell',
      phase: 'Booting',
      reason: 'MachineProblem',
      message:
        'provider test: its disk is full; if no kubelet has joined by 2027-01-15T08:15:00Z, its removal is asked for, ' +
        'and another one is made when it is gone',
      afterMs: 840_000,
      expect: true,
    })
    const late = { wall: start + 900_000, monotonic: now }
    expect(planNode(facts(booting, { mirror: stuck, now: late }))).toMatchObject({ do: 'remove' })
  })

  it('that boots does not keep words on its Node which were true before it', () => {
    const because = (reason: string) =>
      claim({ record: noted(), phase: 'Booting', conditions: [{ type: 'MachineProvisioned', status: 'False', reason, message: 'old' }] })
    expect(planNode(facts(because('InsufficientCapacity'), { mirror: there }))).toEqual({
      do: 'tell',
      phase: 'Booting',
      reason: 'AwaitingKubelet',
      message: 'its machine is there, and its kubelet has not joined yet',
      afterMs: 840_000,
      event: 'Normal',
    })
    expect(planNode(facts(because('AwaitingKubelet'), { mirror: there }))).toEqual({ do: 'rest', afterMs: 840_000 })
  })

  it('that carries the claim when the recorded one is gone is its machine: a restore may have taken the record back', () => {
    const later = machine({ id: 'm-2', owner: { ...ownerOf(machine()), attempt: 2 } })
    const seen = mirror({ machines: [later] })
    expect(planNode(facts(booting, { mirror: seen }))).toMatchObject({ do: 'rest', expect: true })
    const gone = flight({ missingSince: now - 30_000 })
    expect(planNode(facts(booting, { mirror: seen, flight: gone }))).toEqual({ do: 'note', machine: later })
    const blind = { do: 'tell', reason: 'MachineLossFrozen', message: 'blind' }
    expect(planNode(facts(booting, { mirror: { ...seen, frozen: 'blind' }, flight: gone }))).toMatchObject(blind)
    const leavingToo = flight({ missingSince: now - 30_000, deletions: new Map([['m-2', now - 1_000]]) })
    expect(planNode(facts(booting, { mirror: seen, flight: leavingToo }))).toMatchObject({ do: 'rest' })
  })

  it('is given a moment by a new life before its join is late: a restored API server has forgotten the join', () => {
    const late = { wall: start + 5_000_000, monotonic: now }
    const fresh = flight({ inherited: true, firstSeenAt: now - 20_000 })
    expect(planNode(facts(booting, { mirror: there, now: late, flight: fresh }))).toEqual({ do: 'rest', afterMs: 40_000 })
    const longSeen = flight({ inherited: true, firstSeenAt: now - 70_000 })
    expect(planNode(facts(booting, { mirror: there, now: late, flight: longSeen }))).toMatchObject({ do: 'remove' })
  })

  it('is given as much after its claim was begun here: a later restore has brought back an older time of its creation', () => {
    const late = { wall: start + 5_000_000, monotonic: now }
    const begun = (ago: number) => ({ mirror: there, now: late, flight: flight({ firstSeenAt: now - ago, createdAt: now - ago }) })
    expect(planNode(facts(booting, begun(20_000)))).toEqual({ do: 'rest', afterMs: 40_000 })
    expect(planNode(facts(booting, begun(70_000)))).toMatchObject({ do: 'remove' })
    const hasty = { provisionMs: 900_000, joinMs: 15_000, drainMs: 3_600_000, volumeDetachMs: 360_000 }
    expect(planNode(facts(booting, { ...begun(20_000), timeouts: hasty }))).toMatchObject({ do: 'remove' })
  })

  it('is not deleted for its Node after the API server went back in time, and the Node says so', () => {
    const late = { wall: start + 5_000_000, monotonic: now }
    const distrusted = mirror({ machines: [machine()], distrusted: 'went back' })
    expect(planNode(facts(booting, { mirror: distrusted, now: late }))).toMatchObject({
      do: 'tell',
      reason: 'DeletionsFrozen',
      message: 'went back',
    })
    const twins = mirror({ machines: [machine(), machine({ id: 'm-2' })], distrusted: 'went back' })
    expect(planNode(facts(booting, { mirror: twins }))).toMatchObject({ do: 'rest' })
  })

  it('whose kubelet is ready comes up in one step', () => {
    const joined = claim({ record: noted(), phase: 'Booting', joined: true, ready: 'True' })
    expect(planNode(facts(joined, { mirror: there }))).toEqual({ do: 'join', machine: machine(), up: true, running: true })
  })

  it('whose kubelet is not ready keeps our taint until another one protects it', () => {
    const parts = { record: noted(), phase: 'Booting', joined: true, ready: 'False' } as const
    expect(planNode(facts(claim(parts), { mirror: there }))).toMatchObject({ do: 'join', up: false })
    expect(planNode(facts(claim({ ...parts, taints: [taints.notUp, taints.notReady] }), { mirror: there }))).toMatchObject({
      do: 'join',
      up: true,
      running: false,
    })
  })

  it('with a startup taint is up and not yet running', () => {
    const nodeClass = {
      ...offer.nodeClass,
      spec: { ...offer.nodeClass.spec, template: { startupTaints: [{ key: 'cni', effect: 'NoSchedule' as const }] } },
    }
    const joined = claim({ record: noted(), phase: 'Booting', joined: true, ready: 'True', taints: [taints.notUp, 'cni'] })
    expect(planNode(facts(joined, { mirror: there, offer: { ...offer, nodeClass } }))).toMatchObject({
      do: 'join',
      up: true,
      running: false,
    })
  })

  it('that runs is left alone', () => {
    const running = claim({
      record: noted(),
      phase: 'Running',
      joined: true,
      ready: 'True',
      taints: [],
      spec: { providerID: 'test://m-1' },
      labels: { [labels.zone]: 'z1' },
      conditions: [{ type: 'MachineProvisioned', status: 'True' }],
    })
    expect(planNode(facts(running, { mirror: there }))).toEqual({ do: 'rest' })
  })

  it('that vanished before the join is followed by the next attempt, once that is certain', () => {
    const missing = flight({ missingSince: now - 5_000 })
    expect(planNode(facts(booting, { flight: missing }))).toMatchObject({ do: 'rest', expect: true })
    const longMissing = flight({ missingSince: now - 30_000 })
    expect(planNode(facts(booting, { flight: longMissing }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('that vanished after the join ends its claim, once that is certain and believable', () => {
    const running = claim({ record: noted(), phase: 'Running', joined: true, ready: 'Unknown' })
    expect(planNode(facts(running, { flight: flight({ missingSince: now - 5_000 }) }))).toMatchObject({ do: 'rest' })
    const gone = flight({ missingSince: now - 30_000 })
    expect(planNode(facts(running, { flight: gone }))).toMatchObject({ do: 'end', reason: 'MachineLost' })
    expect(planNode(facts(running, { flight: gone, mirror: mirror({ frozen: '5 of 5' }) }))).toMatchObject({
      do: 'tell',
      reason: 'MachineLossFrozen',
    })
  })

  it('that vanished after the join leaves its claim, which says so, where garbage is only to be reported', () => {
    const running = claim({ record: noted(), phase: 'Running', joined: true, ready: 'Unknown' })
    const gone = flight({ missingSince: now - 30_000 })
    expect(planNode(facts(running, { flight: gone, garbage: 'report' }))).toMatchObject({
      do: 'tell',
      phase: 'Running',
      reason: 'MachineLost',
      message: expect.stringContaining('reported only'),
    })
  })

  it('is not replaced while it boots when the lists that lack its machine are not believed', () => {
    const gone = flight({ missingSince: now - 30_000 })
    const booting = claim({ record: noted() })
    expect(planNode(facts(booting, { flight: gone }))).toMatchObject({ do: 'begin', attempt: 2 })
    expect(planNode(facts(booting, { flight: gone, mirror: mirror({ frozen: '3 of 3' }) }))).toMatchObject({
      do: 'tell',
      reason: 'MachineLossFrozen',
    })
  })
})

describe('a deleted claim', () => {
  const there = mirror({ machines: [machine()] })
  const pod = (name: string, more: Partial<Pod> = {}): Pod => ({
    metadata: { name, namespace: 'default' },
    spec: { nodeName: 'a' },
    ...more,
  })

  it('that never began is let go at once, whatever is wrong with its class', () => {
    const node = {
      ...claim({ deletedAt: start }),
      metadata: { ...claim({ deletedAt: start }).metadata, finalizers: ['kube-node.dev/machine'] },
    }
    expect(planNode(facts(node, { offer: problem, mirror: undefined }))).toEqual({ do: 'release' })
  })

  it('is cordoned, then drained, then its machine is deleted, then it is let go', () => {
    expect(planNode(facts(leaving({ taints: [], spec: {} }), { mirror: there, pods: [pod('p')] }))).toEqual({
      do: 'cordon',
      phase: 'Draining',
      condemn: false,
    })
    expect(planNode(facts(leaving(), { mirror: there, pods: [pod('p')] }))).toMatchObject({ do: 'evict', pods: [pod('p')] })
    expect(planNode(facts(leaving(), { mirror: there }))).toEqual({ do: 'confirmDrained' })
    const drained = flight({ drainedAt: now - 1_000 })
    expect(planNode(facts(leaving(), { mirror: there, flight: drained }))).toEqual({ do: 'condemn' })
    expect(planNode(facts(leaving({ record: condemned }), { mirror: there, flight: drained }))).toMatchObject({ do: 'remove' })
    const accepted = flight({ drainedAt: now - 1_000, deletions: new Map([['m-1', now - 500]]) })
    expect(planNode(facts(leaving(), { mirror: there, flight: accepted }))).toMatchObject({ do: 'rest', expect: true })
    const later = mirror({ listedAt: now - 100 })
    expect(planNode(facts(leaving(), { mirror: later, flight: accepted }))).toEqual({ do: 'release' })
  })

  it('without pods is cordoned and condemned in one write, if its machine is in sight', () => {
    const node = leaving({ taints: [] })
    expect(planNode(facts(node, { mirror: there }))).toEqual({ do: 'cordon', phase: 'Deleting', condemn: true })
    expect(planNode(facts(node))).toEqual({ do: 'cordon', phase: 'Deleting', condemn: false })
  })

  it('keeps its finalizer while the newest list is older than the deletion', () => {
    const accepted = flight({ drainedAt: now - 1_000, deletions: new Map([['m-1', now - 500]]) })
    expect(planNode(facts(leaving(), { mirror: mirror({ listedAt: now - 600 }), flight: accepted }))).toMatchObject({ do: 'rest' })
  })

  it('whose kubelet never joined is not drained', () => {
    const node = claim({ record: noted(), deletedAt: start })
    expect(planNode(facts(node, { mirror: there }))).toMatchObject({ do: 'remove' })
  })

  it('whose create may be under way waits until no machine can turn up any more', () => {
    const node = claim({ record: record(), deletedAt: start })
    const lost = flight({ unknownSince: now - 30_000 })
    expect(planNode(facts(node, { flight: lost }))).toEqual({
      do: 'tell',
      phase: 'Deleting',
      reason: 'CreateMayBeUnderWay',
      message:
        'a create of its machine may still be under way, and this Node is kept for what it may make: it goes 70 s after the last moment ' +
        'at which one can have been sent, unless a machine turns up (70 s: what provider test takes for a create, and to show it)',
      afterMs: 40_000,
      expect: true,
    })
    expect(planNode(facts(node, { flight: flight({ unknownSince: now - 60_000 }) }))).toMatchObject({ do: 'rest', expect: true })
    expect(planNode(facts(node, { flight: flight({ unknownSince: now - 80_000 }) }))).toEqual({ do: 'release' })
  })

  it('whose create was never called by anybody is let go as soon as there is a list', () => {
    expect(planNode(facts(claim({ record: record(), deletedAt: start })))).toEqual({ do: 'release' })
  })

  it('that cannot reach its provider says what it waits for', () => {
    const broken = { problem: { reason: 'InvalidConfig', message: 'there is no provider "test"' } }
    expect(planNode(facts(claim({ record: noted(), deletedAt: start }), { mirror: broken }))).toMatchObject({
      do: 'tell',
      phase: 'Deleting',
      message: 'a machine may exist and can\'t be deleted: there is no provider "test"',
    })
  })

  it('with a machine that only seems to be missing is kept', () => {
    const missing = flight({ missingSince: now - 5_000 })
    expect(planNode(facts(claim({ record: noted(), deletedAt: start }), { flight: missing }))).toMatchObject({ do: 'rest', expect: true })
    const frozen = mirror({ frozen: '9 of 9' })
    const gone = flight({ missingSince: now - 30_000 })
    expect(planNode(facts(leaving(), { flight: gone, mirror: frozen }))).toMatchObject({ do: 'tell', reason: 'MachineLossFrozen' })
  })

  it('whose machine is shown as gone is let go at once: an earlier life asked for that, and died', () => {
    const node = claim({ record: noted(), deletedAt: start })
    const inherited = {
      flight: flight({ inherited: true, firstSeenAt: now - 3_000, unknownSince: now - 3_000, missingSince: now - 1_000 }),
    }
    expect(planNode(facts(node, inherited))).toMatchObject({ do: 'rest', expect: true })
    expect(planNode(facts(node, { ...inherited, mirror: mirror({ ended: true }) }))).toEqual({ do: 'release' })
  })

  it('that an earlier life had condemned is let go without its machine, however many are missing', () => {
    const gone = flight({ ...oldClaim, missingSince: now - 30_000 })
    const frozen = mirror({ frozen: '9 of 9' })
    expect(planNode(facts(leaving({ record: condemned }), { flight: gone, mirror: frozen }))).toEqual({ do: 'release' })
  })

  it('whose machine went while another life led is looked for again as soon as a list can prove it', () => {
    const node = claim({ record: noted(), deletedAt: start })
    expect(planNode(facts(node, { flight: { ...oldClaim, missingSince: now - 4_000 } }))).toEqual({
      do: 'rest',
      expect: true,
      afterMs: 6_000,
    })
    expect(planNode(facts(node, { flight: oldClaim }))).toEqual({ do: 'rest', expect: true, afterMs: 500 })
  })
})
