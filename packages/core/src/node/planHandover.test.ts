import { describe, expect, it } from 'vitest'
import { type Node, annotations, finalizers, labels } from '../api/index.ts'
import { formatRecord } from '../claim/index.ts'
import type { NodeFacts } from './facts.ts'
import { type NodeParts, claim, facts, flight, leaving, machine, mirror, noted, start, uid } from './facts.fixture.ts'
import { planNode } from './plan.ts'

const dictated = 'ip-10-0-0-1'
const named = machine({ nodeName: dictated })
const ofCloud = mirror({ nodeNames: 'cloud', machines: [named] })

/** The Node that the machine's kubelet has made. */
const registered = ({ metadata, ...rest }: Node = {}): Node => ({
  metadata: { name: dictated, uid: 'uid-2', creationTimestamp: new Date(start + 30_000).toISOString(), ...metadata },
  status: { nodeInfo: { kubeletVersion: 'v1.37.2' } },
  ...rest,
})
/** The same when it has become the claim. */
const heir = (metadata: Node['metadata'] = {}): Node =>
  registered({
    metadata: {
      labels: { [labels.class]: 'small', [labels.claim]: uid },
      annotations: { [annotations.machine]: formatRecord(noted()) },
      finalizers: [finalizers.machine],
      ...metadata,
    },
  })

const waiting = (more: Partial<NodeFacts> = {}, parts: NodeParts = {}): NodeFacts =>
  facts(claim({ record: noted(), phase: 'Booting', ...parts }), { mirror: ofCloud, ...more })
const marked = (parts: NodeParts = {}): Node => {
  const node = claim({ record: noted(), ...parts })
  return { ...node, metadata: { ...node.metadata, annotations: { ...node.metadata?.annotations, [annotations.handedOver]: dictated } } }
}

describe('a claim whose machine the cloud calls something else', () => {
  it('is handed over when its kubelet has registered', () => {
    expect(planNode(waiting({ namesake: registered() }))).toEqual({ do: 'handOver', to: registered(), machine: named })
  })

  it('is handed over though its time to join is over, or somebody has deleted it: pods may run there', () => {
    const late = { wall: start + 10_000_000, monotonic: 1_000_000 }
    expect(planNode(waiting({ namesake: registered(), now: late })).do).toBe('handOver')
    expect(planNode(waiting({ namesake: registered() }, { deletedAt: start })).do).toBe('handOver')
  })

  it.each<[string, NodeFacts]>([
    ['before its kubelet has registered', waiting()],
    ['before its kubelet has posted anything', waiting({ namesake: { ...registered(), status: {} } })],
    [
      'where the provider does not say that the cloud dictates names',
      waiting({ namesake: registered(), mirror: mirror({ machines: [named] }) }),
    ],
    ['whose machine is called as itself', waiting({ mirror: mirror({ nodeNames: 'cloud', machines: [machine({ nodeName: 'a' })] }) })],
    ['whose machine is being deleted', waiting({ namesake: registered(), flight: flight({ deletions: new Map([['m-1', 1]]) }) })],
    [
      'whose machine stops',
      waiting({ namesake: registered(), mirror: mirror({ nodeNames: 'cloud', machines: [{ ...named, state: 'stopping' }] }) }),
    ],
  ])('waits %s', (_when, given) => {
    expect(planNode(given)).toMatchObject({ do: 'rest' })
  })

  it('has its inventory looked at often until its name is known', () => {
    expect(planNode(waiting({ mirror: mirror({ nodeNames: 'cloud', machines: [machine()] }) }))).toMatchObject({ do: 'rest', expect: true })
  })

  it.each<[string, Node, RegExp]>([
    ['of another machine', registered({ spec: { providerID: 'test://m-0' } }), /runs on test:\/\/m-0 and not on test:\/\/m-1: delete it/],
    [
      'from before the attempt',
      registered({ metadata: { creationTimestamp: new Date(start - 1_000).toISOString() } }),
      /older than this attempt/,
    ],
    ['that is a claim', registered({ metadata: { labels: { [labels.class]: 'large' } } }), /is a claim itself/],
    ['that stands for another claim', heir({ labels: { [labels.class]: 'small', [labels.claim]: 'uid-9' } }), /is a claim itself/],
    ['that was a claim', registered({ metadata: { finalizers: [finalizers.machine] } }), /is a claim itself/],
    ['that is being deleted', registered({ metadata: { deletionTimestamp: new Date(start).toISOString() } }), /is being deleted/],
  ])('refuses a Node %s, and says what to do', (_what, namesake, message) => {
    expect(planNode(waiting({ namesake }))).toMatchObject({ do: 'tell', reason: 'NodeNameTaken', message: expect.stringMatching(message) })
  })

  it('takes a Node for its own whose providerID is its machine’s, however old', () => {
    const old = registered({ metadata: { creationTimestamp: new Date(0).toISOString() }, spec: { providerID: 'test://m-1' } })
    expect(planNode(waiting({ namesake: old }))).toEqual({ do: 'handOver', to: old, machine: named })
  })

  it('refuses a name that several machines have', () => {
    const given = waiting({ namesake: registered(), mirror: mirror({ nodeNames: 'cloud', machines: [named], twins: 1 }) })
    expect(planNode(given)).toMatchObject({ do: 'tell', reason: 'NodeNameShared' })
  })

  it('does not take a kubelet for its own that posts under its name', () => {
    const strange = { joined: true, ready: 'True' as const }
    expect(planNode(waiting({}, strange))).toMatchObject({ do: 'rest' })
    expect(planNode(waiting({ mirror: mirror({ nodeNames: 'cloud', machines: [machine()] }) }, strange))).toMatchObject({ do: 'rest' })
    expect(planNode(waiting({ namesake: registered() }, strange)).do).toBe('handOver')
    expect(planNode(waiting({ namesake: registered() }, { ...strange, deletedAt: start })).do).toBe('handOver')
    const own = mirror({ nodeNames: 'cloud', machines: [machine({ nodeName: 'a' })] })
    expect(planNode(waiting({ mirror: own }, strange)).do).toBe('join')
    // Bound once, it is its kubelet, whatever a provider says or does not say later.
    expect(planNode(waiting({}, { ...strange, spec: { providerID: 'test://m-1' } })).do).toBe('join')
    expect(planNode(facts({ ...heir(), spec: {} }, { mirror: mirror({ nodeNames: 'cloud', machines: [machine()] }) })).do).toBe('join')
  })

  it('is replaced when its time to join is over and the name is taken', () => {
    const now = { wall: start + 10_000_000, monotonic: 1_000_000 }
    const given = waiting({ now, namesake: registered({ spec: { providerID: 'test://m-0' } }) })
    expect(planNode(given)).toMatchObject({ do: 'remove', machines: [named], why: expect.stringContaining(dictated) })
  })
})

describe('a claim that another Node has taken over', () => {
  const late = { wall: start + 10_000_000, monotonic: 1_000_000 }

  it('is marked, deleted and let go, in this order', () => {
    expect(planNode(waiting({ heir: heir() }))).toEqual({ do: 'markHandedOver', to: dictated })
    expect(planNode(facts(marked(), { heir: heir() }))).toEqual({ do: 'retire' })
    expect(planNode(facts(marked({ deletedAt: start }), { heir: heir() }))).toEqual({ do: 'letGo', to: dictated })
  })

  it.each<[string, Partial<NodeFacts>]>([
    ['its time to join is over', { now: late }],
    ['its machine is gone', { mirror: mirror({ nodeNames: 'cloud' }), flight: flight({ missingSince: 0 }) }],
    ['the provider calls it nothing any more', { mirror: mirror({ nodeNames: 'cloud', machines: [machine()] }) }],
    ['there is another machine of its', { mirror: mirror({ nodeNames: 'cloud', machines: [named, machine({ id: 'm-2' })] }) }],
    ['the account cannot be reached', { mirror: { problem: { reason: 'Unauthorized', message: 'no' } } }],
    ['the Node that took it over is being deleted', { heir: heir({ deletionTimestamp: new Date(start).toISOString() }) }],
  ])('has nothing else done for it when %s', (_when, more) => {
    expect(planNode(waiting({ heir: heir(), ...more })).do).toBe('markHandedOver')
  })

  it('passes on that somebody deleted it before it was marked, and is let go then', () => {
    expect(planNode(waiting({ heir: heir() }, { deletedAt: start }))).toEqual({ do: 'passDeletionOn', to: heir() })
    const going = heir({ deletionTimestamp: new Date(start).toISOString() })
    expect(planNode(waiting({ heir: going }, { deletedAt: start }))).toEqual({ do: 'letGo', to: dictated })
  })

  it('ends when the Node that took it over is gone: no machine is made or deleted for it', () => {
    expect(planNode(facts(marked(), { mirror: ofCloud }))).toEqual({ do: 'retire' })
    expect(planNode(facts(marked({ deletedAt: start }), { mirror: ofCloud }))).toEqual({ do: 'letGo', to: dictated })
    expect(planNode(facts(marked({ deletedAt: start, finalizer: false }), { mirror: ofCloud }))).toEqual({ do: 'rest' })
  })
})

describe('a Node that took a claim over', () => {
  it('is not let go before its claim knows that it is taken', () => {
    const gone = { mirror: mirror(), flight: flight({ deletions: new Map([['m-1', 0]]) }) }
    const going = leaving({ record: noted({ deletedAt: new Date(start).toISOString() }), labels: { [labels.claim]: 'uid-0' } })
    expect(planNode(facts(going, gone))).toEqual({ do: 'release' })
    expect(planNode(facts(going, { ...gone, origin: claim({ record: noted() }) }))).toMatchObject({ do: 'rest' })
    expect(planNode(facts(going, { ...gone, origin: claim({ record: noted(), deletedAt: start }) }))).toEqual({ do: 'release' })
  })
})
