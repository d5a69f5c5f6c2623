import { once } from 'node:events'
import { Nodes } from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type TestCluster, nodeSet, testCluster } from './cluster.fixture.ts'
import { type TestHost, testHost } from './host.fixture.ts'
import { main } from './program.ts'

let cluster: TestCluster
beforeEach(async () => {
  cluster = await testCluster()
})
afterEach(() => cluster[Symbol.asyncDispose]())

const written = async (host: TestHost, text: string): Promise<void> => {
  while (!host.out().includes(text)) await once(host.stdout, 'data')
}
const machine = { startedAt: '2026-05-01T12:00:00Z', createdAt: '2026-05-01T12:00:10Z', id: 'i-1', providerID: 'sim:///i-1' }

describe('kube-node status', { timeout: 30_000 }, () => {
  it('shows classes, sets, claims and controllers, and why each of them waits', async () => {
    await cluster.lease()
    await cluster.nodeClass('small', { limits: { nodes: 5 } })
    await nodeSet(cluster.client, 'trainers', 'gpu')
    await cluster.claim('a')
    await cluster.becomes('a', 'Booting', machine)
    await cluster.claim('b', 'gpu')
    await cluster.client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'plain' } })
    const { code, out, err } = await cluster.outcome('status')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = out.trimEnd().split('\n')
    expect(lines).toHaveLength(12)
    expect(lines[0]).toMatch(/^CLASS +PROVIDER +READY +NODES +LIMIT +SINCE +AGE +WHY$/)
    expect(lines[1]).toMatch(/^small +simulated +Unknown +1 +5 +- +\d+s +nobody has looked at it$/)
    expect(lines[4]).toMatch(/^trainers +gpu +2 +0 +0 +0 +0 +\d+s +\d+s +there is no NodeClass "gpu"$/)
    expect(lines[7]).toMatch(/^a +small +Booting +\d+\w +\d+s +i-1 +- +its kubelet has not joined$/)
    expect(lines[8]).toMatch(/^b +gpu +Pending +\d+s +\d+s +- +- +there is no NodeClass "gpu"$/)
    expect(lines[11]).toMatch(/^kube-node.dev\/controller +acting +host-1 +\d+s +kube-node-system\/kube-node$/)
  })

  it('says first that no controller runs, which is why nothing happens', async () => {
    await cluster.nodeClass('small')
    await cluster.claim('a')
    const absent = 'no controller runs: there is no Lease kube-node-system/kube-node'
    const { code, out, err } = await cluster.outcome('status', 'nodes')
    expect(code).toBe(0)
    expect(out).toContain(absent)
    expect(err).toBe(`${absent}; start one: kube-node run --provider ...\n`)
    await cluster.lease(120_000)
    expect((await cluster.outcome('status')).out).toContain('the controller is silent: host-1 no longer renews its Lease')
  })

  it('one thing is shown with what comes next', async () => {
    await cluster.lease()
    await cluster.nodeClass('small')
    await cluster.claim('a')
    await cluster.becomes('a', 'Provisioning', { startedAt: '2026-05-01T12:00:00Z' })
    await cluster.says('a', 'False', 'QuotaExceeded', 'provider simulated: QuotaExceeded: 3 of 3; next try in 5 min')
    for (const args of [['node/a'], ['node', 'a']]) {
      const { code, out } = await cluster.outcome('status', ...args)
      expect(code).toBe(0)
      expect(out).toMatch(/^NODE .*\na .*  provider simulated: QuotaExceeded: 3 of 3\n\nnext: next try in (5 min|\d+ s)\n$/)
    }
  })

  it('a Node that is no claim is told so by its name alone', async () => {
    await cluster.client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'plain' } })
    expect((await cluster.outcome('status', 'node/plain')).out).toContain('names no class: not a claim of kube-node')
    expect((await cluster.outcome('status', 'nodes')).out).toMatch(/^there are no claims: /)
  })

  it('a claim that was handed over is counted once, and found by both names', async () => {
    await cluster.lease()
    await cluster.nodeClass('small')
    const { metadata } = await cluster.claim('a')
    await cluster.becomes('a', 'Booting', machine)
    await cluster.handedOver('a', 'ip-10-0-0-1')
    const counted = async (): Promise<void> => {
      const { out } = await cluster.outcome('status', '-o', 'json')
      expect(JSON.parse(out)).toMatchObject({ nodes: [{ name: 'ip-10-0-0-1', claimedAs: 'a' }], classes: [{ nodes: 1 }] })
      expect((await cluster.outcome('status', 'node/a')).out).toMatch(/\nip-10-0-0-1 +small/)
    }
    await counted()
    expect((await cluster.outcome('explain', 'node/a')).out).toContain('the cloud calls its machine ip-10-0-0-1')
    await cluster.client.delete(Nodes, { name: 'a' }, { uid: metadata?.uid ?? '' })
    await cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { finalizers: [] } } })
    await counted()
    expect((await cluster.outcome('explain', 'node/a')).out).toMatch(
      /^NODE +ip-10-0-0-1\n.*\n +claimed as a; the cloud dictates its name\n/,
    )
    expect(await cluster.outcome('explain', 'node/b')).toMatchObject({ code: 1, err: expect.stringContaining('there is no Node "b"') })
  })

  it('programs get the same as JSON and YAML', async () => {
    await cluster.lease()
    await cluster.nodeClass('small')
    await cluster.claim('a')
    await cluster.becomes('a', 'Booting', machine)
    const { out } = await cluster.outcome('status', 'nodes', '-o', 'json')
    const view: unknown = JSON.parse(out)
    expect(view).toMatchObject({
      controllers: [{ controller: 'kube-node.dev/controller', state: 'acting', holder: 'host-1' }],
      nodes: [
        { name: 'a', class: 'small', phase: 'Booting', since: '2026-05-01T12:00:10Z', state: 'progress', machine: 'i-1', attempt: 1 },
      ],
      classes: [],
      nodeSets: [],
    })
    expect(parse((await cluster.outcome('status', 'nodes', '-o', 'yaml')).out)).toMatchObject({ nodes: [{ name: 'a' }] })
    expect((await cluster.outcome('status', 'nodes', '-o', 'wide')).out).toContain('PROVIDER-ID')
  })

  it('-w tells into a pipe what changes, a line each, until Ctrl-C', async () => {
    await cluster.lease()
    await cluster.nodeClass('small')
    await cluster.claim('a')
    const { host, ended } = cluster.begin('status', '-w')
    await written(host, 'node/a  Pending')
    expect(host.out()).toContain('controller/kube-node.dev/controller  acting\n')
    await cluster.becomes('a', 'Booting', machine)
    await written(host, 'node/a  Booting  i-1')
    await cluster.client.delete(Nodes, { name: 'a' }, { uid: (await cluster.client.get(Nodes, { name: 'a' }))?.metadata?.uid ?? '' })
    await written(host, 'it was deleted')
    await cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { finalizers: [] } } })
    await written(host, 'node/a  gone')
    host.interrupt()
    expect({ code: await ended, err: host.err() }).toEqual({ code: 0, err: '' })
    for (const line of host.out().trimEnd().split('\n'))
      expect(line).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}(class|node|controller)\//)
    expect(host.out().match(/node\/a/g), 'nothing is told twice').toHaveLength(4)
  })

  it('-w -o json is a line for each change', async () => {
    await cluster.lease()
    await cluster.claim('a')
    const { host, ended } = cluster.begin('status', 'node/a', '-w', '-o', 'json')
    await written(host, '"phase":"Pending"')
    await cluster.becomes('a', 'Booting', machine)
    await written(host, '"phase":"Booting"')
    host.interrupt()
    expect(await ended).toBe(0)
    expect(
      host
        .out()
        .trimEnd()
        .split('\n')
        .map((line): string => JSON.parse(line).nodes[0].phase),
    ).toEqual(['Pending', 'Booting'])
  })

  it.each([
    [['nope'], 2, '"nope" is nothing that kube-node knows: write nodes, nodesets, classes, node/NAME'],
    [['node/'], 2, 'node/ has no name: write node/NAME'],
    [['node/a', 'b'], 2, 'write node/a alone, or node b'],
    [['-o', 'table'], 2, 'Allowed choices are json, yaml, wide'],
    [['--wach'], 2, 'Did you mean --watch?'],
    [['node/a'], 1, 'there is no Node "a"'],
    [['nodeset/a'], 1, 'there is no NodeSet "a"'],
    [['class/a', '-w'], 1, 'there is no NodeClass "a"'],
  ])('%j exits with %i and words', async (args, code, reason) => {
    const outcome = await cluster.outcome('status', ...args)
    expect(outcome).toMatchObject({ code, out: '' })
    expect(outcome.err).toContain(reason)
  })

  it('a cluster that is not there is an error, and so is one without our kinds', async () => {
    const { createApiServer } = await import('@kube-node/testing/server')
    const { writeFileSync } = await import('node:fs')
    const host = testHost()
    const empty = createApiServer({ runtime: host.runtime })
    await empty.listen()
    writeFileSync(cluster.kubeconfig, empty.kubeconfig())
    const without = await cluster.outcome('status')
    expect(without).toMatchObject({ code: 1, out: '' })
    expect(without.err).toContain('install the CRDs with kube-node manifests | kubectl apply -f -')
    await empty[Symbol.asyncDispose]()
    const gone = await cluster.outcome('status')
    expect(gone).toMatchObject({ code: 1, out: '' })
    expect(gone.err).toMatch(/^kube-node: cannot reach http:\/\/127\.0\.0\.1:\d+/)
    expect(await main(['status', '--kubeconfig', '/does/not/exist'], host)).toBe(1)
    expect(host.err()).toContain("the kubeconfig can't be read")
  })
})
