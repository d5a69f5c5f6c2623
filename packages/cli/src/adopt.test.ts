import { once } from 'node:events'
import { Nodes, type Node, annotations, finalizers, labels } from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, testCluster } from './cluster.fixture.ts'
import type { TestHost } from './host.fixture.ts'

let cluster: TestCluster
beforeEach(async () => {
  cluster = await testCluster()
  await cluster.lease()
  await cluster.nodeClass('small')
})
afterEach(() => cluster[Symbol.asyncDispose]())

/** A Node that somebody else has made, and that runs. */
const running = async (name: string, providerID: string | undefined = 'sim:///i-1'): Promise<Node> => {
  await cluster.client.create(Nodes, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: providerID === undefined ? {} : { providerID },
  })
  const merge = { status: { nodeInfo: { kubeletVersion: 'v1.37.0' } } }
  return cluster.client.patch(Nodes, { name }, { merge }, { subresource: 'status' })
}
const read = async (name: string): Promise<Node> => (await cluster.client.get(Nodes, { name }))!
const written = async (host: TestHost, text: string): Promise<void> => {
  while (!host.out().includes(text)) await once(host.stdout, 'data')
}

describe('kube-node adopt', { timeout: 30_000 }, () => {
  it('puts label and annotation on a Node that runs, and nothing else', async () => {
    const before = await running('a')
    const { code, out, err } = await cluster.outcome('adopt', 'node/a', '--class', 'small')
    expect({ code, out, err }).toEqual({ code: 0, out: 'node/a is to be adopted by NodeClass small\n', err: '' })
    const { metadata, spec, status } = await read('a')
    expect(metadata?.labels).toEqual({ ...before.metadata?.labels, [labels.class]: 'small' })
    expect(metadata?.annotations).toEqual({ [annotations.adopt]: 'small' })
    expect({ finalizers: metadata?.finalizers, spec, status }).toEqual({ finalizers: undefined, spec: before.spec, status: before.status })
    expect((await cluster.outcome('status', 'node/a')).out).toContain('is to be adopted')
  })

  it('--dry-run changes nothing', async () => {
    const before = await running('a')
    const { code, out } = await cluster.outcome('adopt', 'node', 'a', '--class', 'small', '--dry-run')
    expect({ code, out }).toEqual({ code: 0, out: 'node/a can be adopted by NodeClass small (dry run)\n' })
    expect(await read('a')).toEqual(before)
  })

  it('--wait ends when the controller has written its record and taken the annotation off', async () => {
    await running('a')
    const { host, ended } = cluster.begin('adopt', 'node/a', '--class', 'small', '--wait')
    await written(host, 'is to be adopted')
    await cluster.becomes('a', 'Running', { id: 'i-1', providerID: 'sim:///i-1' })
    await cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { annotations: { [annotations.adopt]: null } } } })
    expect(await ended).toBe(0)
    expect(host.out()).toContain('node/a adopted: machine i-1 at simulated\n')
  })

  it('--wait tells why the controller refused, and how to take it back', async () => {
    await running('a')
    await cluster.says('a', 'False', 'AlreadyRunning', 'this Node already runs')
    const { host, ended } = cluster.begin('adopt', 'node/a', '--class', 'small', '--wait')
    await written(host, 'is to be adopted')
    await cluster.says('a', 'False', 'AdoptionRefused', 'provider simulated has no machine sim:///i-1')
    expect(await ended).toBe(1)
    expect(host.err()).toBe(
      'kube-node: AdoptionRefused: provider simulated has no machine sim:///i-1; ' +
        'to take it back: kubectl annotate node a kube-node.dev/adopt- && kubectl label node a kube-node.dev/class-\n',
    )
  })

  it('--wait does not take an old refusal for a new one, and tells it when time is over', async () => {
    await running('a')
    await cluster.says('a', 'False', 'AdoptionRefused', 'of yesterday')
    const { code, err } = await cluster.outcome('adopt', 'node/a', '--class', 'small', '--wait', '--timeout', '700ms')
    expect(code).toBe(1)
    expect(err).toContain('not adopted within 700 ms: AdoptionRefused: of yesterday; to take it back')
  })

  it('warns when nobody is there to adopt it', async () => {
    await cluster.nodeClass('theirs', { controller: 'example.com/other' })
    await running('a')
    const { code, err } = await cluster.outcome('adopt', 'node/a', '--class', 'theirs')
    expect(code).toBe(0)
    expect(err).toContain('no controller runs: there is no Lease kube-node-system/kube-node-example-com-other')
  })

  it('is asked again when the kubelet has written in between', async () => {
    await running('a')
    const conflict = { match: { verb: 'patch', resource: 'nodes' }, status: 409 }
    cluster.server.faults.add({ ...conflict, times: 5 })
    expect(await cluster.outcome('adopt', 'node/a', '--class', 'small'), 'not for ever').toMatchObject({ code: 1, out: '' })
    cluster.server.faults.add({ ...conflict, times: 1 })
    expect((await cluster.outcome('adopt', 'node/a', '--class', 'small')).code).toBe(0)
  })

  it.each<readonly [string, string, () => Promise<unknown>]>([
    ['small', 'there is no Node "a"', async () => undefined],
    ['gpu', 'there is no NodeClass "gpu"', () => running('a')],
    ['small', 'Node "a" has no spec.providerID, by which its machine is found', () => running('a', '')],
    [
      'small',
      'no kubelet has joined as Node "a"',
      () => cluster.client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec: { providerID: 'x' } }),
    ],
    ['small', 'Node "a" is a claim of NodeClass "gpu" already', () => cluster.claim('a', 'gpu')],
    [
      'small',
      'Node "a" is a claim of NodeClass "small" already, and has a machine of its own',
      async () => {
        await cluster.claim('a')
        await cluster.becomes('a', 'Booting', {})
      },
    ],
    [
      'small',
      'Node "a" is being deleted',
      async () => {
        const { metadata } = await running('a')
        await cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { finalizers: ['example.com/keep'] } } })
        await cluster.client.delete(Nodes, { name: 'a' }, { uid: metadata?.uid ?? '' })
      },
    ],
    [
      'small',
      'Node "a" holds a finalizer of kube-node and names no class',
      async () => {
        await running('a')
        await cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { finalizers: [finalizers.machine] } } })
      },
    ],
  ])('by NodeClass %s is refused beforehand: %s', async (className, reason, given) => {
    await given()
    const before = await cluster.client.get(Nodes, { name: 'a' })
    const outcome = await cluster.outcome('adopt', 'node/a', '--class', className, '--wait')
    expect(outcome).toMatchObject({ code: 1, out: '' })
    expect(outcome.err).toContain(`kube-node: ${reason}`)
    expect(await cluster.client.get(Nodes, { name: 'a' })).toEqual(before)
  })

  it.each([
    [['node/a'], "required option '--class <name>' not specified"],
    [['nodeset/a', '--class', 'small'], 'only a Node can be adopted: write node/NAME'],
    [['nodes', '--class', 'small'], 'only a Node can be adopted: write node/NAME'],
    [['node/a', '--class', 'small', '--timeout', 'long'], '"long" is not a duration'],
  ])('%j is a wrong call', async (args, reason) => {
    const outcome = await cluster.outcome('adopt', ...args)
    expect(outcome).toMatchObject({ code: 2, out: '' })
    expect(outcome.err).toContain(reason)
  })
})
