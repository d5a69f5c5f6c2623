import { once } from 'node:events'
import { NodeSets, Secrets, labels } from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TestHost } from './host.fixture.ts'
import { type RolloutCluster, rolloutCluster } from './rollout.fixture.ts'

let cluster: RolloutCluster
beforeEach(async () => {
  cluster = await rolloutCluster()
  await cluster.nodeClass('small', { config: { image: 'one' } })
})
afterEach(() => cluster[Symbol.asyncDispose]())

const run = (...args: readonly string[]): ReturnType<RolloutCluster['outcome']> => cluster.outcome('rollout', ...args)
const written = async (host: TestHost, text: string): Promise<void> => {
  while (!host.out().includes(text)) await once(host.stdout, 'data')
}
const held = 'Waiting for nodeset "workers" rollout to finish: 2 old nodes are pending termination...'
/** Its class changes to one whose machines never come up, and the rollout stands still. */
const stuck = async (): Promise<void> => {
  await cluster.make('workers')
  await cluster.editClass({ image: 'two', bootTime: '1h' })
  await cluster.until(async () => {
    const { replicas, updatedReplicas } = (await cluster.set()).status ?? {}
    return replicas === 4 && updatedReplicas === 2
  })
}

describe('kube-node rollout status', { timeout: 60_000 }, () => {
  it('follows a class change to its end', async () => {
    await cluster.make('workers', { replicas: 3 })
    await cluster.editClass({ image: 'two' })
    const { code, out, err } = await run('status', 'nodeset/workers')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = out.trimEnd().split('\n')
    expect(lines.at(-1)).toBe('nodeset "workers" successfully rolled out')
    expect(lines.slice(0, -1).filter(line => !/^(Waiting for nodeset | {2})/.test(line))).toEqual([])
    expect(new Set((await cluster.nodes()).map(node => node.metadata?.labels?.[labels.revision])).size).toBe(1)
    expect(await cluster.kept()).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
    expect(await run('status', 'nodeset', 'workers')).toMatchObject({ code: 0, out: 'nodeset "workers" successfully rolled out\n' })
  })

  it('tells how it is, how long it waited, and that its deadline is over', async () => {
    await stuck()
    expect(await run('status', 'nodeset/workers', '--watch=false')).toEqual({ code: 0, out: `${held}\n`, err: '' })
    const json = JSON.parse((await run('status', 'nodeset/workers', '--watch=false', '-o', 'json')).out)
    expect(json).toMatchObject({
      name: 'workers',
      state: 'progress',
      message: held,
      desired: 2,
      updated: 2,
      old: 2,
      available: 2,
      going: 0,
    })
    expect(await run('status', 'nodeset/workers', '--timeout', '300ms')).toMatchObject({
      code: 1,
      err: `kube-node: not rolled out within 300 ms: ${held}\n`,
    })
    const { host, ended } = cluster.begin('rollout', 'status', 'nodeset/workers')
    await written(host, held)
    await cluster.editSet({ progressDeadlineSeconds: 1 })
    expect(await ended).toBe(1)
    expect(host.err()).toMatch(/^kube-node: nodeset "workers" exceeded its progress deadline; .*nothing has moved for 1 s/)
  })

  it('ends when the set is deleted, or somebody has had enough', async () => {
    await stuck()
    const [first, second] = [cluster.begin('rollout', 'status', 'nodeset/workers'), cluster.begin('rollout', 'status', 'nodeset/workers')]
    await Promise.all([written(first.host, held), written(second.host, held)])
    first.host.interrupt()
    expect(await first.ended).toBe(1)
    await cluster.client.delete(
      NodeSets,
      { name: 'workers' },
      { uid: (await cluster.set()).metadata?.uid ?? '', propagation: 'Background' },
    )
    expect(await second.ended).toBe(1)
    expect(second.host.err()).toMatch(/NodeSet "workers" was deleted meanwhile|is being deleted/)
  })

  it('goes on without what may not be read', async () => {
    await cluster.make('workers')
    for (const resource of ['nodes', 'nodeclasses', 'leases'])
      cluster.server.faults.add({ match: { resource, userAgent: 'kube-node-cli' }, status: 403 })
    expect(await run('status', 'nodeset/workers')).toMatchObject({ code: 0, out: 'nodeset "workers" successfully rolled out\n' })
  })
})

describe('kube-node rollout history', { timeout: 60_000 }, () => {
  it('numbers revisions, tells what each changed and how many nodes have it, and prints one whole', async () => {
    await stuck()
    const { code, out } = await run('history', 'nodeset/workers')
    expect(code).toBe(0)
    expect(out.replaceAll(/\b\d+s/g, '-s').split('\n')).toEqual([
      'REVISION  NODES  AGE  CHANGE',
      '       1      2   -s  (the oldest that is kept)',
      '      2*      2   -s  nodeclass/small spec.config.bootTime (none) -> "1h"; nodeclass/small spec.config.image "one" -> "two"',
      '',
    ])
    expect(JSON.parse((await run('history', 'nodeset/workers', '-o', 'json')).out)).toMatchObject({
      name: 'workers',
      otherNodes: 0,
      revisions: [
        { revision: 1, nodes: 2, current: false },
        { revision: 2, nodes: 2, current: true, changes: [{ path: 'spec.config.bootTime', to: '1h' }, { path: 'spec.config.image' }] },
      ],
    })
    expect((await run('history', 'nodeset/workers', '--revision', '1')).out).toMatch(
      /^nodeSet: workers\nrevision: 1\nname: a\w+\nclasses:\n {2}- name: small\n {4}provider: simulated\n {4}config:\n {6}image: one\n/,
    )
    expect(await run('history', 'nodeset/workers', '--revision', '7')).toMatchObject({
      code: 1,
      err: 'kube-node: NodeSet "workers" has no revision 7: there are 1, 2\n',
    })
  })

  it('names Secrets, and never shows what is in them', async () => {
    const metadata = { namespace: 'default', name: 'cloud' }
    await cluster.client.create(Secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      data: { token: Buffer.from('hunter2').toString('base64') },
    })
    await cluster.nodeClass('locked', {
      secretRef: metadata,
      bootstrap: { files: [{ path: '/etc/token', secretRef: { ...metadata, key: 'token' } }] },
    })
    await cluster.make('workers', { nodeClassName: 'locked' })
    await cluster.editSet({ template: { config: { image: 'two' } } })
    const told = [
      await run('status', 'nodeset/workers'),
      await run('history', 'nodeset/workers'),
      await run('history', 'nodeset/workers', '--revision', '1', '-o', 'json'),
      await run('undo', 'nodeset/workers'),
    ]
    expect(told.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(told[2]?.out).toContain('/etc/token')
    expect(JSON.stringify(told)).not.toMatch(/hunter2|aHVudGVyMg/)
  })

  it('says where it has looked', async () => {
    await cluster.make('workers')
    expect((await run('history', 'nodeset/workers', '-n', 'elsewhere')).err).toContain(
      'no revision of NodeSet "workers" is kept in namespace elsewhere',
    )
    cluster.server.faults.add({ match: { resource: 'controllerrevisions', userAgent: 'kube-node-cli' }, status: 403 })
    const { code, err } = await run('history', 'nodeset/workers')
    expect(code).toBe(1)
    expect(err).toContain('this identity may not list controllerrevisions in namespace kube-node-system, where the revisions are: grant it')
  })
})

describe('kube-node rollout pause, resume and restart', { timeout: 60_000 }, () => {
  it('a paused set does not roll before it is resumed', async () => {
    await cluster.make('workers')
    expect(await run('pause', 'nodeset/workers')).toEqual({ code: 0, out: 'nodeset/workers paused\n', err: '' })
    expect(await run('pause', 'nodeset/workers')).toMatchObject({ code: 1, err: 'kube-node: NodeSet "workers" is paused already\n' })
    expect((await run('restart', 'nodeset/workers')).err).toContain('is paused, and would not begin: kube-node rollout resume first')
    cluster.seen.clear()
    await cluster.editClass({ image: 'two' })
    await cluster.until(async () => (await cluster.kept()).length === 2)
    expect((await run('status', 'nodeset/workers', '--watch=false')).out).toContain(
      'it is paused: kube-node rollout resume nodeset/workers lets it roll',
    )
    expect(cluster.seen.size).toBe(0)
    expect(await run('resume', 'nodeset/workers')).toEqual({ code: 0, out: 'nodeset/workers resumed\n', err: '' })
    expect(await cluster.rolledOut()).toBe(0)
    expect(await run('resume', 'nodeset/workers')).toMatchObject({ code: 1, err: 'kube-node: NodeSet "workers" is not paused\n' })
  })

  it('a restart replaces every node, and another one does it again', async () => {
    await cluster.make('workers')
    for (const time of [1, 2]) {
      const before = (await cluster.nodes()).map(node => node.metadata?.uid)
      expect(await run('restart', 'nodeset', 'workers')).toEqual({ code: 0, out: 'nodeset/workers restarted\n', err: '' })
      expect(await cluster.rolledOut()).toBe(0)
      expect(
        (await cluster.nodes()).filter(node => before.includes(node.metadata?.uid)),
        `restart ${time}`,
      ).toEqual([])
    }
  })

  it('of the nodes that a restart gave explain says that they are up to date, and nothing where it may not read the set', async () => {
    await cluster.make('workers')
    expect((await run('restart', 'nodeset/workers')).code).toBe(0)
    expect(await cluster.rolledOut()).toBe(0)
    const [node] = await cluster.nodes()
    const explain = async (): Promise<string> => (await cluster.outcome('explain', `node/${node?.metadata?.name ?? ''}`)).out
    const revision = node?.metadata?.labels?.[labels.revision] ?? ''
    expect(await explain()).toContain(`revision ${revision}, by which the Node was made`)
    cluster.server.faults.add({ match: { verb: 'get', resource: 'nodesets', userAgent: 'kube-node-cli' }, status: 403 })
    expect(await explain()).not.toContain('by which the Node was made')
    expect(await explain()).not.toContain('would be another')
  })

  it.each([
    [
      '403',
      { match: { verb: 'patch', resource: 'nodesets', userAgent: 'kube-node-cli' }, status: 403 },
      '(grant it to the identity of the kubeconfig)',
    ],
    ['404', { match: { verb: 'get', resource: 'nodesets', userAgent: 'kube-node-cli' }, status: 404 }, 'the cluster does not know NodeSet'],
  ])('a refusal is told with what to do: %s', async (_code, fault, advice) => {
    await cluster.make('workers')
    cluster.server.faults.add(fault)
    const { code, err } = await run('pause', 'nodeset/workers')
    expect(code).toBe(1)
    expect(err).toContain(advice)
  })
})

it.each([
  [['undo', 'nodeset/workers'], 1, 'there is no NodeSet "workers"'],
  [['undo', 'node/a'], 2, 'only a NodeSet is rolled out: write nodeset/NAME'],
  [['pause'], 2, "missing required argument 'nodeset'"],
  [['undo', 'nodeset/a', '--to-revision', 'one'], 2, 'it is a whole number from 0'],
  [['status', '-w', 'nodeset/a'], 2, 'it is true or false'],
  [['status', 'nodeset/a', '--timeout', 'long'], 2, '"long" is not a duration'],
])('kube-node rollout %j is a wrong call', async (args, code, reason) => {
  const outcome = await run(...args)
  expect(outcome).toMatchObject({ code, out: '' })
  expect(outcome.err).toContain(reason)
})
