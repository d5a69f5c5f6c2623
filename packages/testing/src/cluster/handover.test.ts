import { type MachineRecord, createKubeNode, createManager, createProviders, isBroken, nodeController, recordOf } from '@kube-node/core'
import {
  type Node,
  type NodeClass,
  NodeClasses,
  NodeSets,
  Nodes,
  Pods,
  Secrets,
  annotations,
  findCondition,
  labels,
  nameOf,
} from '@kube-node/core/api'
import { createToken, newTokenSecret } from '@kube-node/core/identity'
import { listAll } from '@kube-node/core/kube'
import type { MachineProvider } from '@kube-node/core/provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: {
    provider: 'simulated',
    config: { region: 'r1' },
    template: { labels: { tier: 'web' }, taints: [{ key: 'dedicated', value: 'web', effect: 'NoSchedule' }] },
    limits: { nodes: 3 },
    timeouts: { join: '3m' },
  },
}
const claim: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a', labels: { [labels.class]: 'small', team: 'blue' } },
}
/** What the cloud calls its first machine. */
const dictated = 'ip-10-0-0-1.r1.internal'

let cluster: TestCluster
const begin = (): void => {
  const { runtime, cloud } = cluster
  cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [cloud.provider()] }))
}
const node = (name = dictated): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const nodes = (): Promise<readonly Node[]> => cluster.lasting(listAll(cluster.client, Nodes))
const runs = async (name = dictated): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const said = async (name = 'a'): Promise<string | undefined> =>
  findCondition((await node(name))?.status?.conditions, 'MachineProvisioned')?.reason
const recordOfA = (a: Node | undefined): MachineRecord | undefined => {
  const record = a && recordOf(a)
  return isBroken(record) ? undefined : record
}
const alive = (): number => cluster.cloud.machines().filter(({ state }) => state !== 'gone').length
const remove = async (name: string): Promise<unknown> =>
  cluster.lasting(cluster.client.delete(Nodes, { name }, { uid: (await node(name))?.metadata?.uid ?? '' }))

describe('a claim whose Node the cloud names', () => {
  beforeEach(async () => {
    cluster = await createTestCluster({ cloud: { nodeNames: 'cloud' } })
    await cluster.create(NodeClasses, small)
    begin()
  })
  afterEach(() => cluster[Symbol.asyncDispose]())

  it('goes on under that name with its machine, and all that works by its name works by the new one', async () => {
    const born = await cluster.create(Nodes, claim)
    await cluster.until('the node of the new name runs', () => runs())
    await cluster.until('the claim is gone', async () => (await node('a')) === undefined)
    const { metadata, spec, status } = (await node()) ?? {}
    expect(metadata?.uid).not.toBe(born.metadata?.uid)
    expect(metadata?.labels).toMatchObject({ [labels.class]: 'small', [labels.claim]: born.metadata?.uid, team: 'blue', tier: 'web' })
    expect(metadata?.labels).not.toHaveProperty([labels.excludeDisruption])
    expect(metadata?.annotations).toMatchObject({ [annotations.claimedAs]: 'a' })
    expect(metadata?.finalizers).toEqual(['kube-node.dev/machine'])
    expect(spec?.taints).toContainEqual({ key: 'dedicated', value: 'web', effect: 'NoSchedule' })
    expect(spec?.taints?.map(({ key }) => key)).not.toContain('kube-node.dev/not-up')
    const [machine] = cluster.cloud.machines()
    expect(spec?.providerID).toBe(`simulated:///r1-a/${machine?.id ?? ''}`)
    expect(findCondition(status?.conditions, 'MachineProvisioned')?.status).toBe('True')
    expect(cluster.cloud.calls).toMatchObject({ create: 1, delete: 0 })
    await cluster.runtime.advance(600_000)
    expect(alive()).toBe(1)

    await remove(dictated)
    await cluster.until('it is gone', async () => (await node()) === undefined)
    expect(alive()).toBe(0)
    expect(cluster.cloud.calls).toMatchObject({ create: 1, delete: 1 })
  })
  /** Somebody does this when the Node of the new name has become the claim, and before the claim is marked. */
  const inBetween = async (does: () => Promise<unknown>): Promise<void> => {
    await cluster.create(Nodes, claim)
    await cluster.until('its machine is known', async () => (await node('a'))?.metadata?.annotations?.[annotations.phase] === 'Booting')
    using _held = cluster.server.faults.add({ match: { user: 'kube-node', verb: 'patch', resource: 'nodes', name: 'a' }, status: 500 })
    await cluster.until('the claim is taken over', async () => (await node())?.metadata?.labels?.[labels.claim] !== undefined)
    await does()
    await cluster.runtime.advance(5_000)
    expect((await cluster.lasting(node('a')))?.metadata?.annotations).not.toHaveProperty([annotations.handedOver])
  }

  it('is counted once throughout, by its set and by its class', async () => {
    await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { replicas: 3, nodeClassName: 'small' },
    })
    await cluster.until('three run', async () => (await cluster.client.get(NodeSets, { name: 'workers' }))?.status?.availableReplicas === 3)
    await cluster.runtime.advance(600_000)
    const all = await nodes()
    expect(new Set(all.map(nameOf))).toEqual(new Set([1, 2, 3].map(n => `ip-10-0-0-${n}.r1.internal`)))
    expect(all.every(({ metadata }) => metadata?.ownerReferences?.[0]?.name === 'workers')).toBe(true)
    expect(cluster.cloud.calls).toMatchObject({ create: 3, delete: 0 })
    expect((await cluster.client.get(NodeClasses, { name: 'small' }))?.status?.nodes).toBe(3)
    const { status } = (await cluster.client.get(NodeSets, { name: 'workers' })) ?? {}
    expect(status).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3 })
    expect(findCondition(status?.conditions, 'Degraded')?.status).toBe('False')
  })

  it('goes with its machine when somebody deletes it before it is marked', async () => {
    await inBetween(() => remove('a'))
    await cluster.until('both are gone', async () => (await nodes()).length === 0)
    expect(alive()).toBe(0)
    expect(cluster.cloud.calls).toMatchObject({ create: 1, delete: 1 })
  })

  it('leaves no token behind that a restore has brought back with an earlier attempt of it', async () => {
    cluster.cloud.faults.joinFails(1)
    await cluster.create(Nodes, claim)
    await cluster.until(
      'its second machine is known',
      async () => recordOfA(await node('a'))?.attempt === 2 && recordOfA(await node('a'))?.id !== undefined,
    )
    using held = cluster.server.faults.add({ match: { user: 'kube-node', verb: 'patch', resource: 'nodes', name: 'a' }, status: 500 })
    const second = 'ip-10-0-0-2.r1.internal'
    await cluster.until('the claim is taken over', async () => (await node(second))?.metadata?.labels?.[labels.claim] !== undefined)
    const taken = (await cluster.lasting(node('a'))) ?? expect.unreachable()
    const { id: _id, providerID: _providerID, ...earlier } = recordOfA(taken) ?? expect.unreachable()
    await cluster.lasting(
      createToken(cluster.client, {
        ...{
          id: 'abc123',
          attempt: 1,
          controller: 'kube-node.dev/controller',
          claim: taken.metadata?.uid ?? '',
          nodeName: 'a',
          joins: 'kubelet',
        },
        ...{ secret: newTokenSecret(cluster.runtime), document: Buffer.from('x'), expiresAt: cluster.runtime.clock.now() + 3_600_000 },
      }),
    )
    const restored = { [annotations.machine]: JSON.stringify({ ...earlier, attempt: 1, token: 'abc123' }) }
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { annotations: restored } } }))
    held[Symbol.dispose]()
    await cluster.until('the claim is gone', async () => (await node('a')) === undefined)
    expect(await cluster.lasting(listAll(cluster.client, Secrets, { namespace: 'kube-system' }))).toEqual([])
    await cluster.until('the node of the new name runs', () => runs(second))
    expect(alive()).toBe(1)
  })

  it('ends with the Node that took it over, and makes no other machine', async () => {
    await inBetween(() => remove(dictated))
    await cluster.until('both are gone', async () => (await nodes()).length === 0)
    await cluster.runtime.advance(600_000)
    expect(alive()).toBe(0)
    expect(cluster.cloud.calls).toMatchObject({ create: 1, delete: 1 })
  })

  it('drains the Node that took it over when it is deleted in between', async () => {
    await inBetween(async () => {
      await cluster.create(Pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', namespace: 'default' },
        spec: { nodeName: dictated, containers: [{ name: 'c', image: 'i' }] },
      })
      await remove('a')
    })
    await cluster.until('both are gone', async () => (await nodes()).length === 0)
    expect(await cluster.client.get(Pods, { namespace: 'default', name: 'p' })).toBeUndefined()
    expect(alive()).toBe(0)
  })
})

describe('a Node that is called as the cloud calls a machine', () => {
  beforeEach(async () => {
    cluster = await createTestCluster({ cloud: { nodeNames: 'cloud' } })
    await cluster.create(NodeClasses, small)
  })
  afterEach(() => cluster[Symbol.asyncDispose]())

  const stale = (spec: Node['spec'], metadata: Node['metadata'] = {}): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: dictated, ...metadata },
    ...(spec && { spec }),
    status: { nodeInfo: { kubeletVersion: 'v1.36.0' } },
  })

  it.each<[string, Node, RegExp]>([
    [
      'runs on an instance that is gone',
      stale({ providerID: 'simulated:///r1-a/i-gone' }),
      /runs on simulated:\/\/\/r1-a\/i-gone.*delete it/,
    ],
    ['is older than the attempt', stale(undefined), /is older than this attempt.*delete it/],
    ['is a claim', stale(undefined, { labels: { [labels.class]: 'another' } }), /is a claim itself/],
  ])('and %s is left as it is, and the claim says so until its time to join is over', async (_what, there, saying) => {
    await cluster.create(Nodes, there)
    await cluster.runtime.advance(5_000)
    begin()
    await cluster.create(Nodes, claim)
    await cluster.until('it says why', async () => (await said()) === 'NodeNameTaken')
    expect(findCondition((await node('a'))?.status?.conditions, 'MachineProvisioned')?.message).toMatch(saying)
    const left = await node()
    expect(left?.metadata?.labels ?? {}).not.toHaveProperty([labels.claim])
    expect(left?.metadata?.finalizers ?? []).toEqual([])
    // The next machine is called something else.
    await cluster.until('the next attempt is taken over', () => runs('ip-10-0-0-2.r1.internal'), 900_000)
    await cluster.until('the claim is gone', async () => (await node('a')) === undefined)
    expect(alive()).toBe(1)
    expect((await node())?.metadata?.uid).toBe(left?.metadata?.uid)
  })

  it('is taken over once what was left behind is deleted and its kubelet is started again', async () => {
    await cluster.create(Nodes, stale({ providerID: 'simulated:///r1-a/i-gone' }))
    begin()
    await cluster.create(Nodes, claim)
    await cluster.until('it says why', async () => (await said()) === 'NodeNameTaken')
    const [machine] = cluster.cloud.machines()
    cluster.kubelets.stop(machine?.id ?? '')
    await remove(dictated)
    cluster.kubelets.start(machine?.id ?? '')
    await cluster.until('it runs', () => runs())
    expect(cluster.cloud.calls.create).toBe(1)
  })
})

/** A provider that calls its machines nothing any more, as soon as it is told to. */
const forgetful = (provider: MachineProvider, forgets: () => boolean): MachineProvider => ({
  ...provider,
  definition: {
    ...provider.definition,
    connect: context => {
      const inner = provider.definition.connect(context)
      return {
        ...inner,
        async *list(call) {
          for await (const page of inner.list(call))
            yield forgets() ? { ...page, items: page.items.map(({ nodeName: _, ...machine }) => machine) } : page
        },
      }
    },
  },
})

it('a machine whose claim was handed over is not deleted by a controller that has not heard of it', async () => {
  cluster = await createTestCluster({ cloud: { nodeNames: 'cloud' } })
  await using _cluster = cluster
  const { runtime, cloud, server } = cluster
  let forgotten = false
  const providers = createProviders([forgetful(cloud.provider(), () => forgotten)], { refresh: { active: '1s', idle: '1s' } })
  const manager = createManager({
    cluster: cluster.transport(),
    runtime,
    log: () => {},
    leaderElection: { namespace: 'kube-system' },
  })
  manager.add(nodeController({ providers }))
  // It learns of everything half a minute later, and nothing of how its handover ended.
  server.faults.add({ match: { user: 'kube-node', verb: 'patch', resource: 'nodes', name: dictated }, loseAnswer: 'after', times: 1 })
  server.faults.add({ match: { user: 'kube-node', verb: 'watch', resource: 'nodes' }, delayEvents: '30s' })
  cluster.start(manager)
  await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, timeouts: { join: '40s' } } })
  await cluster.runtime.advance(5_000)
  await cluster.create(Nodes, claim)
  await cluster.until('the claim is taken over', async () => (await node())?.metadata?.labels?.[labels.claim] !== undefined)
  forgotten = true
  await cluster.until('its time to join is over, and it runs', () => runs())
  await cluster.until('the claim is gone', async () => (await node('a')) === undefined)
  expect(cloud.calls).toMatchObject({ create: 1, delete: 0 })
})
