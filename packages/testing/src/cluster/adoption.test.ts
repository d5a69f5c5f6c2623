import { createKubeNode } from '@kube-node/core'
import { type Node, NodeClasses, NodeSets, Nodes, type Pod, Pods, annotations, findCondition, labels } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

let cluster: TestCluster
let machine: string
beforeEach(async () => {
  cluster = await createTestCluster()
  const { runtime, cloud } = cluster
  machine = cloud.createForeign({ region: 'r1', zone: 'r1-a' }).id
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, template: { labels: { tier: 'web' } } },
  })
  // Somebody made it by hand, long ago; a pod runs on it.
  await cluster.create(Nodes, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'old', labels: { theirs: 'x' } },
    spec: { providerID: `simulated:///r1-a/${machine}` },
    status: { nodeInfo: { kubeletVersion: 'v1.37.2' }, conditions: [{ type: 'Ready', status: 'True' }] },
  })
  await cluster.create(Pods, pod)
  cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [cloud.provider()] }))
})
afterEach(() => cluster[Symbol.asyncDispose]())

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default' },
  spec: { nodeName: 'old', containers: [{ name: 'c', image: 'i' }] },
}
const node = async (): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'old' })
const provisioned = async (): Promise<string | undefined> => findCondition((await node())?.status?.conditions, 'MachineProvisioned')?.reason
const ask = (className = 'small'): Promise<unknown> =>
  cluster.lasting(
    cluster.client.patch(
      Nodes,
      { name: 'old' },
      { merge: { metadata: { labels: { [labels.class]: className }, annotations: { [annotations.adopt]: className } } } },
    ),
  )

describe('a Node that somebody made by hand', () => {
  it('is adopted with its machine and its pods, and deleted like any other from then on', async () => {
    const before = await cluster.lasting(node())
    await ask()
    await cluster.until('it runs', async () => (await node())?.metadata?.annotations?.[annotations.phase] === 'Running')
    const after = await cluster.lasting(node())
    expect(after?.metadata?.uid).toBe(before?.metadata?.uid)
    expect(after?.metadata?.annotations).not.toHaveProperty([annotations.adopt])
    expect(after?.spec).toEqual(before?.spec)
    await cluster.until('it wears the labels of its class', async () => (await node())?.metadata?.labels?.['tier'] === 'web')
    expect((await cluster.lasting(node()))?.metadata?.labels).toMatchObject({ theirs: 'x' })
    expect(cluster.cloud.machine(machine)?.owner).toMatchObject({ claim: before?.metadata?.uid, nodeName: 'old' })
    expect(cluster.cloud.calls.create).toBe(0)
    expect((await cluster.client.get(Pods, { namespace: 'default', name: 'p' }))?.metadata?.deletionTimestamp).toBeUndefined()

    await cluster.lasting(cluster.client.delete(Nodes, { name: 'old' }, { uid: before?.metadata?.uid ?? '' }))
    await cluster.until('its pod is asked to go', async () => {
      const asked = await cluster.client.get(Pods, { namespace: 'default', name: 'p' })
      return asked === undefined || asked.metadata?.deletionTimestamp !== undefined
    })
    const left = await cluster.client.get(Pods, { namespace: 'default', name: 'p' })
    // Its kubelet is none of the simulated ones.
    if (left)
      await cluster.lasting(
        cluster.server.transport().request({
          method: 'DELETE',
          path: '/api/v1/namespaces/default/pods/p',
          query: { gracePeriodSeconds: '0' },
          signal: new AbortController().signal,
        }),
      )
    await cluster.until('it is gone', async () => (await node()) === undefined)
    expect(cluster.cloud.machine(machine)?.state).toBe('gone')
  })

  it('waits while its class is full, and is adopted when there is a place', async () => {
    const limit = (nodes: number): Promise<unknown> =>
      cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { limits: { nodes } } } }))
    await limit(1)
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'new', labels: { [labels.class]: 'small' } } })
    const phaseOfNew = async (): Promise<string | undefined> =>
      (await cluster.client.get(Nodes, { name: 'new' }))?.metadata?.annotations?.[annotations.phase]
    await cluster.until('the new one runs', async () => (await phaseOfNew()) === 'Running')
    await ask()
    await cluster.until('it says why it waits', async () => (await provisioned()) === 'LimitReached')
    await cluster.runtime.advance(120_000)
    expect(cluster.cloud.machine(machine)?.owner).toBeUndefined()
    expect((await cluster.lasting(node()))?.metadata?.finalizers ?? []).toEqual([])
    await limit(2)
    await cluster.until('it runs', async () => (await node())?.metadata?.annotations?.[annotations.phase] === 'Running')
    expect(cluster.cloud.machine(machine)?.owner).toMatchObject({ nodeName: 'old' })
  })

  it('whose machine belongs to somebody else is refused, and the machine stays theirs', async () => {
    const owner = { cluster: 'another', controller: 'k', claim: 'c', nodeName: 'n', attempt: 1 }
    const theirs = cluster.cloud.createForeign({ region: 'r1', zone: 'r1-a', owner })
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'old' }, { uid: (await node())?.metadata?.uid ?? '' }))
    await cluster.create(Nodes, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'old' },
      spec: { providerID: `simulated:///r1-a/${theirs.id}` },
      status: { nodeInfo: { kubeletVersion: 'v1.37.2' } },
    })
    await ask()
    await cluster.until('it says why', async () => (await provisioned()) === 'AdoptionRefused')
    expect(cluster.cloud.machine(theirs.id)?.owner).toEqual(owner)
    const { metadata } = (await cluster.lasting(node())) ?? {}
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'old' }, { uid: metadata?.uid ?? '' }))
    await cluster.until('the Node is let go', async () => (await node()) === undefined, 900_000)
    expect(cluster.cloud.machine(theirs.id)?.deletedAt).toBeUndefined()
  })

  describe('into a class with one place', () => {
    const runs = async (name: string): Promise<boolean> =>
      (await cluster.client.get(Nodes, { name }))?.metadata?.annotations?.[annotations.phase] === 'Running'
    const claim = (): Promise<unknown> =>
      cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'new', labels: { [labels.class]: 'small' } } })
    beforeEach(() => cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { limits: { nodes: 1 } } } })))

    it.each([
      ['nobody asked for it', {}, 'AlreadyRunning'],
      ['another class is to adopt it', { [annotations.adopt]: 'another' }, 'AdoptionRefused'],
    ])('leaves the place to others when %s', async (_why, asked, reason) => {
      const metadata = { labels: { [labels.class]: 'small' }, annotations: asked }
      await cluster.lasting(cluster.client.patch(Nodes, { name: 'old' }, { merge: { metadata } }))
      await cluster.until('it says why', async () => (await provisioned()) === reason)
      await claim()
      await cluster.until('the new one runs', () => runs('new'))
      expect(await cluster.lasting(provisioned())).toBe(reason)
    })

    it('holds the place while its cloud is in trouble, and leaves it to a set when its machine is somebody else’s', async () => {
      const owner = { cluster: 'another', controller: 'k', claim: 'c', nodeName: 'n', attempt: 1 }
      const theirs = cluster.cloud.createForeign({ region: 'r1', zone: 'r1-a', owner })
      await cluster.lasting(cluster.client.delete(Nodes, { name: 'old' }, { uid: (await node())?.metadata?.uid ?? '' }))
      await cluster.create(Nodes, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'old' },
        spec: { providerID: `simulated:///r1-a/${theirs.id}` },
        status: { nodeInfo: { kubeletVersion: 'v1.37.2' }, conditions: [{ type: 'Ready', status: 'True' }] },
      })
      // Every look for orphans opens the accounts of classes.
      await cluster.runtime.advance(40_000)
      cluster.cloud.faults.unavailable(true)
      await ask()
      await cluster.until('it is tried', async () => (await provisioned()) === 'Unavailable')
      await cluster.create(NodeSets, {
        apiVersion: 'kube-node.dev/v1alpha1',
        kind: 'NodeSet',
        metadata: { name: 's' },
        spec: { nodeClassName: 'small', replicas: 1 },
      })
      const members = async (): Promise<readonly Node[]> =>
        (await listAll(cluster.client, Nodes)).filter(({ metadata }) => metadata?.labels?.[labels.nodeset] === 's')
      await cluster.runtime.advance(60_000)
      expect(await cluster.lasting(members())).toEqual([])
      cluster.cloud.faults.unavailable(false)
      await cluster.until('its node runs', async () =>
        (await members()).some(({ metadata }) => metadata?.annotations?.[annotations.phase] === 'Running'),
      )
      await cluster.until('the adoption waits', async () => (await provisioned()) === 'LimitReached', 900_000)
      expect(cluster.cloud.machine(theirs.id)?.owner).toEqual(owner)
    })
  })

  it('is never given a second machine, whatever it is asked for', async () => {
    await ask('another')
    await cluster.until('it says why', async () => (await provisioned()) === 'AdoptionRefused')
    await cluster.runtime.advance(120_000)
    expect(cluster.cloud.calls.create).toBe(0)
    expect((await cluster.lasting(node()))?.metadata?.finalizers ?? []).toEqual([])
  })
})
