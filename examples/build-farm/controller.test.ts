import { type KubeObject, type NodeClass, type NodeSet, type Resource, NodeClasses, NodeSets, Nodes } from '@kube-node/core'
import { CustomResourceDefinitions } from '@kube-node/core/api'
import { type TestCluster, createTestCluster } from '@kube-node/testing/cluster'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOperator } from './operator.ts'
import { type Farm, Farms, farmCrd } from './farm.ts'

// An API server, a cloud and kubelets in this process, on time that moves only while the test waits: no cluster, no sleeps.
let cluster: TestCluster
const machines: string[] = []

beforeEach(async () => {
  cluster = await createTestCluster()
  await cluster.create(CustomResourceDefinitions, farmCrd)
  await cluster.create(NodeClasses, small)
  machines.length = 0
  cluster.start(
    createOperator({
      cluster: cluster.transport(),
      runtime: cluster.runtime,
      log: () => undefined,
      providers: [cluster.cloud.provider()],
      onMachine: ({ node }) => machines.push(node),
    }),
  )
})
afterEach(() => cluster[Symbol.asyncDispose]())

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated' },
}
const someSet: NodeSet = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: { name: 'blue' },
  spec: { replicas: 1, nodeClassName: 'small' },
}
const farm = (name: string, nodes: number): Farm => ({
  apiVersion: 'example.com/v1',
  kind: 'Farm',
  metadata: { name },
  spec: { nodes, nodeClassName: 'small' },
})
const ready = async (name: string): Promise<boolean> => (await cluster.client.get(Farms, { name }))?.status?.ready === true
const running = (): number => cluster.cloud.machines().filter(machine => machine.state === 'running').length

const all = async <T extends KubeObject>(resource: Resource<T>): Promise<number> => {
  let count = 0
  for await (const page of cluster.client.pages(resource)) count += page.length
  return count
}

describe('a farm', () => {
  it('gets the machines that it asks for, and says when they are there', async () => {
    await cluster.create(Farms, farm('blue', 2))
    await cluster.until('blue is ready', () => ready('blue'))
    expect(running()).toBe(2)
    expect(machines).toHaveLength(2)
  })

  it('that asks for more is not ready until they are there too', async () => {
    const { metadata } = await cluster.create(Farms, farm('blue', 1))
    await cluster.until('blue is ready', () => ready('blue'))
    const more = cluster.client.patch(Farms, { name: 'blue' }, { merge: { spec: { nodes: 3 } } }, { on: { uid: metadata?.uid ?? '' } })
    await cluster.lasting(more)
    await cluster.until('blue is not ready', async () => !(await ready('blue')))
    await cluster.until('blue is ready', () => ready('blue'))
    expect(running()).toBe(3)
  })

  it('takes its machines with it', async () => {
    const { metadata } = await cluster.create(Farms, farm('blue', 2))
    await cluster.until('blue is ready', () => ready('blue'))
    expect(running()).toBe(2)
    await cluster.lasting(cluster.client.delete(Farms, { name: 'blue' }, { uid: metadata?.uid ?? '' }))
    await cluster.until('its set and its nodes are gone', async () => (await all(NodeSets)) + (await all(Nodes)) === 0)
    expect(running()).toBe(0)
  })

  it('leaves alone a set that is not its own', async () => {
    await cluster.create(NodeSets, someSet)
    await cluster.create(Farms, farm('blue', 2))
    await cluster.until('the set is complete', () => running() === 1)
    await cluster.runtime.advance(60_000)
    expect((await cluster.client.get(NodeSets, { name: 'blue' }))?.spec.replicas).toBe(1)
    expect(await ready('blue')).toBe(false)
  })
})
