import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '@kube-node/core/kube'
import { expect, test } from 'vitest'
import { type Story, startStory } from './story.ts'

const node = (name: string, metadata: object = {}): object => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, ...metadata } })
const set = (name: string, replicas: number): object => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: { name },
  spec: { replicas, nodeClassName: 'small' },
})
const pod = (name: string, nodeName: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web' } },
  spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
})
const field = async ({ run }: Story, kind: string, name: string, path: string): Promise<string> =>
  run('get', kind, name, '-o', `jsonpath={${path}}`)

test('create, get in all its forms, describe and delete a Node', async () => {
  await using story = await startStory()
  const { feed, kubectl, run } = story
  expect(await feed(node('n1', { labels: { 'kube-node.dev/class': 'small' } }), 'create', '-f', '-')).toBe('node/n1 created\n')
  expect(await run('get', 'nodes')).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\nn1 +Unknown +<none> +\d+s/)
  expect(await run('get', 'no', '-o', 'wide')).toContain('CONTAINER-RUNTIME')
  expect(await run('get', 'node', 'n1', '-o', 'yaml')).toContain('key: node.kubernetes.io/not-ready')
  expect(JSON.parse(await run('get', 'nodes', '-o', 'json'))).toMatchObject({
    kind: 'List',
    items: [{ kind: 'Node', metadata: { name: 'n1' } }],
  })
  expect(await run('get', 'nodes', '-l', 'kube-node.dev/class=small', '-o', 'name')).toBe('node/n1\n')
  expect(await run('get', 'nodes', '-l', 'kube-node.dev/class!=small', '-o', 'name')).toBe('')
  expect(await run('get', 'nodes', '--field-selector', 'metadata.name=n1', '-o', 'name')).toBe('node/n1\n')
  expect(await run('describe', 'node', 'n1')).toMatch(/Taints: +node.kubernetes.io\/not-ready:NoSchedule/)
  expect(await kubectl(['get', 'node', 'n2'])).toMatchObject({ code: 1, stderr: 'Error from server (NotFound): nodes "n2" not found\n' })
  expect(await kubectl(['create', '-f', '-'], { input: JSON.stringify(node('n1')) })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Error from server (AlreadyExists): error when creating "STDIN": nodes "n1" already exists'),
  })
  expect(await run('delete', 'node', 'n1')).toBe('node "n1" deleted\n')
})

test('a name is generated from the developer’s prefix', async () => {
  await using story = await startStory()
  const generated = { apiVersion: 'v1', kind: 'Node', metadata: { generateName: 'worker-' } }
  expect(await story.feed(generated, 'create', '-f', '-')).toMatch(/^node\/worker-[a-z0-9]{5} created\n$/)
})

test('apply twice, change, diff, and apply on the server', async () => {
  await using story = await startStory()
  const { feed, kubectl } = story
  expect(await feed(set('workers', 3), 'apply', '-f', '-')).toBe('nodeset.kube-node.dev/workers created\n')
  expect(await feed(set('workers', 3), 'apply', '-f', '-')).toBe('nodeset.kube-node.dev/workers unchanged\n')
  expect(await feed(set('workers', 4), 'apply', '-f', '-')).toBe('nodeset.kube-node.dev/workers configured\n')
  expect(await field(story, 'nodeset', 'workers', '.spec.replicas')).toBe('4')
  const input = JSON.stringify(node('n1', { labels: { a: '1', b: '2' } }))
  expect((await kubectl(['apply', '--server-side', '-f', '-'], { input })).stdout).toBe('node/n1 serverside-applied\n')
  await feed(node('n1', { labels: { a: '1' } }), 'apply', '--server-side', '-f', '-')
  expect(await field(story, 'node', 'n1', '.metadata.labels')).toBe('{"a":"1"}')
})

test('edit, three kinds of patch, label, annotate, taint and cordon', async () => {
  await using story = await startStory()
  const { feed, file, kubectl, run } = story
  await feed(node('n1', { labels: { tier: 'web' } }), 'create', '-f', '-')
  const editor = await file('editor', '#!/bin/sh\nsed -i "s/tier: web/tier: db/" "$1"\n')
  expect(await kubectl(['edit', 'node', 'n1'], { env: { KUBE_EDITOR: editor } })).toMatchObject({ code: 0, stdout: 'node/n1 edited\n' })
  await run('patch', 'node', 'n1', '-p', '{"metadata":{"labels":{"strategic":"1"}}}')
  await run('patch', 'node', 'n1', '--type=merge', '-p', '{"metadata":{"labels":{"merge":"1"}}}')
  await run('patch', 'node', 'n1', '--type=json', '-p', '[{"op":"add","path":"/metadata/labels/json","value":"1"}]')
  await run('label', 'node', 'n1', 'by=kubectl')
  await run('label', 'node', 'n1', 'merge-')
  await run('annotate', 'node', 'n1', 'why=test')
  expect(JSON.parse(await field(story, 'node', 'n1', '.metadata.labels'))).toEqual({ tier: 'db', strategic: '1', json: '1', by: 'kubectl' })
  await run('taint', 'node', 'n1', 'k=v:NoExecute')
  await run('cordon', 'n1')
  expect(JSON.parse(await field(story, 'node', 'n1', '.spec'))).toMatchObject({
    unschedulable: true,
    taints: expect.arrayContaining([{ key: 'k', value: 'v', effect: 'NoExecute' }]),
  })
  await run('taint', 'node', 'n1', 'k-')
  await run('uncordon', 'n1')
  expect(JSON.parse(await field(story, 'node', 'n1', '.spec'))).toEqual({
    taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
  })
})

test('a NodeSet is scaled, explained, listed with its columns and waited for', async () => {
  await using story = await startStory()
  const { feed, kubectl, run } = story
  await feed(set('workers', 3), 'create', '-f', '-')
  await run('scale', 'nodeset', 'workers', '--replicas=5')
  expect(await field(story, 'nodeset', 'workers', '.spec.replicas')).toBe('5')
  const late = await kubectl(['scale', 'nodeset/workers', '--replicas=7', '--current-replicas=3'])
  expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('Expected replicas to be 3, was 5') })
  expect(await run('get', 'nodesets')).toMatch(/^NAME .*\nworkers /)
  expect(await run('explain', 'nodeset.spec.replicas')).toContain('FIELD: replicas <integer>')
  expect(await run('explain', 'nodeset.spec')).toContain('nodeClassName')
  expect(await run('api-resources', '--api-group=kube-node.dev')).toMatch(/nodeclasses.*\n.*nodesets/)
  const waiting = run('wait', '--for=condition=Available', 'nodeset/workers', '--timeout=20s')
  const status = {
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'X', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
  }
  await run('patch', 'nodeset', 'workers', '--subresource=status', '--type=merge', '-p', JSON.stringify(status))
  expect(await waiting).toBe('nodeset.kube-node.dev/workers condition met\n')
})

test('bad input is refused in words', async () => {
  await using story = await startStory()
  const { kubectl } = story
  const strict = await kubectl(['create', '-f', '-'], {
    input: JSON.stringify({ ...set('x', 1), spec: { replicas: 1, nodeClassName: 's', colour: 'red' } }),
  })
  expect(strict).toMatchObject({ code: 1, stderr: expect.stringContaining('strict decoding error: unknown field "spec.colour"') })
  const invalid = await kubectl(['create', '-f', '-'], { input: JSON.stringify(set('x', -1)) })
  expect(invalid).toMatchObject({ code: 1, stderr: expect.stringContaining('spec.replicas in body should be greater than or equal to 0') })
})

test('a watch prints what happens as it happens', async ({ signal }) => {
  await using story = await startStory()
  const { feed, kubectl, run } = story
  await feed(node('n1'), 'create', '-f', '-')
  const stop = new AbortController()
  const told = Promise.withResolvers<void>()
  let printed = ''
  const watching = kubectl(['get', 'nodes', '--watch', '--output-watch-events'], {
    signal: stop.signal,
    onStdout: text => {
      printed += text
      if (printed.includes('MODIFIED') && printed.includes('DELETED')) told.resolve()
    },
  })
  while (!printed.includes('n1')) await sleep(20, undefined, { signal })
  await run('label', 'node', 'n1', 'a=b')
  await run('delete', 'node', 'n1')
  await Promise.race([told.promise, watching])
  stop.abort()
  await watching
  expect(
    printed
      .trim()
      .split('\n')
      .map(line => line.split(/\s+/).slice(0, 2).join(' ')),
  ).toEqual(['EVENT NAME', 'ADDED n1', 'MODIFIED n1', 'DELETED n1'])
})

test('delete waits for finalizers, and cascades as it is told', async ({ signal }) => {
  await using story = await startStory()
  const { feed, run } = story
  await feed(node('held', { finalizers: ['kube-node.dev/machine'] }), 'create', '-f', '-')
  const deleting = run('delete', 'node', 'held', '--timeout=20s')
  while ((await field(story, 'node', 'held', '.metadata.deletionTimestamp')) === '') await sleep(20, undefined, { signal })
  await run('patch', 'node', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}')
  expect(await deleting).toBe('node "held" deleted\n')

  const owned = async (name: string, owner: string): Promise<void> => {
    const uid = await field(story, 'nodeset', owner, '.metadata.uid')
    const reference = {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      name: owner,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    }
    await feed(node(name, { ownerReferences: [reference] }), 'create', '-f', '-')
  }
  await feed(set('a', 1), 'create', '-f', '-')
  await feed(set('b', 1), 'create', '-f', '-')
  await owned('of-a', 'a')
  await owned('of-b', 'b')
  await run('delete', 'nodeset', 'a', '--cascade=orphan')
  expect(await run('get', 'nodes', '-o', 'name')).toBe('node/of-a\nnode/of-b\n')
  await run('delete', 'nodeset', 'b', '--cascade=foreground', '--timeout=20s')
  expect(await run('get', 'nodes', '-o', 'name')).toBe('node/of-a\n')
})

test('drain evicts as the budget allows, and waits for the kubelet', async () => {
  await using story = await startStory()
  const { feed, kubectl, run, transport } = story
  const stop = new AbortController()
  const kubelet = (async (): Promise<void> => {
    const request = { method: 'GET', path: '/api/v1/pods', signal: stop.signal } as const
    const pods = await transport.watch(request)
    for (let event = await pods.next(); event !== undefined; event = await pods.next()) {
      const { metadata } = event.object as { metadata: { name: string; deletionTimestamp?: string; deletionGracePeriodSeconds?: number } }
      if (event.type === 'DELETED' || metadata.deletionTimestamp === undefined || metadata.deletionGracePeriodSeconds === 0) continue
      const body: Json = { gracePeriodSeconds: 0 }
      await transport.request({ method: 'DELETE', path: `/api/v1/namespaces/default/pods/${metadata.name}`, body, signal: stop.signal })
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  await feed(node('n1'), 'create', '-f', '-')
  for (const name of ['a', 'b']) {
    await feed(pod(name, 'n1'), 'create', '-f', '-')
    const running = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }
    await run('patch', 'pod', name, '--subresource=status', '-p', JSON.stringify(running))
  }
  await run('create', 'pdb', 'web', '--min-available=1', '--selector=app=web')
  const refused = await kubectl(['drain', 'n1', '--force', '--timeout=3s'])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain("Cannot evict pod as it would violate the pod's disruption budget.")
  expect((await run('get', 'pods', '-o', 'name')).trim().split('\n')).toHaveLength(1)
  await run('delete', 'pdb', 'web')
  expect(await run('drain', 'n1', '--force', '--timeout=20s')).toContain('node/n1 drained')
  expect(await run('get', 'pods', '-o', 'name')).toBe('')
  stop.abort()
  await kubelet
})

test('who am I, what is this, and what may I do', async () => {
  await using story = await startStory()
  const { run } = story
  expect(await run('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')).toBe('kubernetes-admin')
  expect(await run('auth', 'whoami', '--as', 'jane', '-o', 'jsonpath={.status.userInfo.username}')).toBe('jane')
  expect(await run('auth', 'can-i', 'create', 'nodesets')).toBe('yes\n')
  expect(JSON.parse(await run('version', '-o', 'json'))).toMatchObject({ serverVersion: { major: '1', minor: '37' } })
  expect(await run('get', '--raw', '/readyz')).toBe('ok')
  await run('create', 'namespace', 'demo')
  await run('-n', 'demo', 'create', 'secret', 'generic', 's', '--from-literal=a=b')
  expect(await run('get', 'secrets', '-A')).toMatch(/^NAMESPACE +NAME +TYPE +DATA +AGE\ndemo +s +Opaque +1 /)
  expect(await run('delete', 'namespace', 'demo', '--timeout=20s')).toBe('namespace "demo" deleted\n')
})
