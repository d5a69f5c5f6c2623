import { ConfigMaps, NodeClasses, conditions } from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, testCluster } from './cluster.fixture.ts'

let cluster: TestCluster
beforeEach(async () => {
  cluster = await testCluster()
})
afterEach(() => cluster[Symbol.asyncDispose]())

const key = { namespace: 'kube-node-system', name: 'kube-node-freeze' }
const data = { state: 'frozen', since: '2030-01-01T00:00:00Z', why: 'the API server knows less than it did' }
const freeze = (name = key.name): Promise<unknown> =>
  cluster.client.create(ConfigMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...key, name }, data })

describe('kube-node thaw', { timeout: 30_000 }, () => {
  it('lifts a freeze, and says what it was about', async () => {
    await freeze()
    const { code, out } = await cluster.outcome('thaw')
    expect({ code, out }).toEqual({
      code: 0,
      out:
        'lifted: frozen since 2030-01-01T00:00:00Z: the API server knows less than it did\n' +
        'machines without a Node, and Nodes without a machine, are deleted from now on\n',
    })
    expect((await cluster.client.get(ConfigMaps, key))?.data).toEqual({ ...data, state: 'lifted' })
    expect((await cluster.outcome('thaw')).out).toContain('nothing is frozen for controller kube-node.dev/controller: the last freeze')
  })

  it('says so where nothing is frozen, and writes nothing', async () => {
    expect(await cluster.outcome('thaw')).toMatchObject({ code: 0, out: 'nothing is frozen for controller kube-node.dev/controller\n' })
    expect(await cluster.client.get(ConfigMaps, key)).toBeUndefined()
  })

  it("leaves another controller's alone", async () => {
    await freeze('kube-node-freeze-example-com-a')
    expect((await cluster.outcome('thaw')).out).toContain('nothing is frozen')
    expect((await cluster.outcome('thaw', '--controller', 'example.com/a')).out).toContain('lifted')
  })
})

it('kube-node status shows a freeze beside the classes, and the way out', { timeout: 30_000 }, async () => {
  await cluster.lease()
  const { metadata } = await cluster.nodeClass('small')
  const lastTransitionTime = '2030-01-01T00:00:00Z'
  const said = [
    { type: 'Ready', status: 'True', reason: 'Valid', message: 'fine', lastTransitionTime },
    { type: conditions.deletionsFrozen, status: 'True', reason: 'ApiServerRestored', message: data.why, lastTransitionTime },
  ]
  const status = { observedGeneration: metadata?.generation ?? 1, nodes: 0, conditions: said }
  await cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { status } }, { subresource: 'status' })
  expect((await cluster.outcome('status', 'class/small')).out.replaceAll(/\s+/g, ' ')).toContain(
    'the API server knows less than it did next: look at what is left, then kube-node thaw',
  )
})
