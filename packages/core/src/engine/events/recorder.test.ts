import { expect, it } from 'vitest'
import type { Event } from '../../api/index.ts'
import { createClient } from '../../kube/index.ts'
import { manualRuntime } from '../../runtime/index.ts'
import { type FakeCluster, fakeCluster } from '../cluster.fake.ts'
import { createMetrics } from '../metrics.ts'
import { createEventRecorder } from './recorder.ts'
import type { EventToRecord } from './regarding.ts'

const node = { apiVersion: 'v1', kind: 'Node', name: 'node1', uid: 'u1' }
const noCapacity: EventToRecord = {
  regarding: node,
  type: 'Warning',
  reason: 'InsufficientCapacity',
  message: 'm7i.large in eu-west-1a',
  component: 'nodes',
}

const story = () => {
  const runtime = manualRuntime()
  const cluster = fakeCluster()
  const metrics = createMetrics()
  const lines: string[] = []
  const client = createClient({ transport: cluster, clock: runtime.clock })
  const log = (level: string, message: string) => lines.push(`${level}: ${message}`)
  const recorder = createEventRecorder({ client, runtime, metrics, log, instance: 'pod-0' })
  return { runtime, cluster, metrics, recorder, lines }
}

const written = (cluster: FakeCluster): readonly Event[] => cluster.list('/api/v1/namespaces/default/events')

it('writes events such that kubectl describe finds them: of a cluster-scoped object in namespace default', async () => {
  const s = story()
  s.recorder.record(noCapacity)
  await s.runtime.settle()
  expect(written(s.cluster)).toMatchObject([
    {
      metadata: { namespace: 'default', name: expect.stringMatching(/^node1\.[0-9a-f]{32}$/) },
      involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'node1', uid: 'u1' },
      type: 'Warning',
      reason: 'InsufficientCapacity',
      message: 'm7i.large in eu-west-1a',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      source: { component: 'nodes' },
      reportingComponent: 'nodes',
      reportingInstance: 'pod-0',
    },
  ])
  expect(written(s.cluster)[0]?.involvedObject).not.toHaveProperty('namespace')
})

it('puts the events of a namespaced object beside it', async () => {
  const s = story()
  s.recorder.record({ ...noCapacity, regarding: { ...node, kind: 'Widget', namespace: 'shop' } })
  await s.runtime.settle()
  expect(s.cluster.requests).toEqual(['POST /api/v1/namespaces/shop/events'])
})

it('counts repeats in the event that is there; a different message is another event', async () => {
  const s = story()
  s.recorder.record(noCapacity)
  await s.runtime.advance(60_000)
  s.recorder.record(noCapacity)
  await s.runtime.settle()
  s.recorder.record({ ...noCapacity, message: 'm7i.large in eu-west-1b' })
  await s.runtime.settle()
  expect(written(s.cluster)).toMatchObject([
    { message: 'm7i.large in eu-west-1a', count: 2, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:01:00Z' },
    { message: 'm7i.large in eu-west-1b', count: 1 },
  ])
})

it('makes one write of many repeats while an answer is awaited', async () => {
  const s = story()
  for (let n = 0; n < 100; n++) s.recorder.record(noCapacity)
  await s.runtime.settle()
  expect(s.cluster.requests.length).toBeLessThanOrEqual(2)
  expect(written(s.cluster)).toMatchObject([{ count: 100 }])
  s.recorder.record({ ...noCapacity, reason: 'Other' })
  await s.runtime.settle()
  expect(written(s.cluster)).toHaveLength(2)
})

it('writes it anew, with its count, when the API server has forgotten it', async () => {
  const s = story()
  s.recorder.record(noCapacity)
  await s.runtime.settle()
  for (const { metadata } of written(s.cluster)) s.cluster.put(`/api/v1/namespaces/default/events/${metadata?.name}`, undefined)
  s.recorder.record(noCapacity)
  await s.runtime.settle()
  expect(written(s.cluster)).toMatchObject([{ count: 2 }])
})

it('lets no object flood the cluster: 25 writes, then one in five minutes, whose count tells the rest', async () => {
  const s = story()
  for (let n = 0; n < 40; n++) {
    s.recorder.record(noCapacity)
    await s.runtime.settle()
  }
  expect(s.cluster.requests).toHaveLength(25)
  s.recorder.record({ ...noCapacity, regarding: { ...node, name: 'node2', uid: 'u2' } })
  await s.runtime.advance(300_000)
  s.recorder.record(noCapacity)
  await s.runtime.settle()
  expect(s.cluster.requests).toHaveLength(27)
  expect(written(s.cluster)).toMatchObject([{ count: 41 }, { count: 1 }])
  expect(await s.metrics.text()).toContain('kube_node_events_total{outcome="spam"} 15')
})

it('cuts a long message at 1024 bytes, between characters', async () => {
  const s = story()
  s.recorder.record({ ...noCapacity, message: 'ä'.repeat(2_000) })
  await s.runtime.settle()
  const message = written(s.cluster)[0]?.message ?? ''
  expect(message).toBe(`${'ä'.repeat(510)}...`)
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1_024)
})

it('tries again when no answer comes, without writing twice', async () => {
  const s = story()
  s.cluster.fate = () => (s.cluster.requests.length === 1 ? 'answer lost' : 'works')
  s.recorder.record(noCapacity)
  await s.runtime.advance(10_000)
  expect(written(s.cluster)).toHaveLength(1)
  expect(s.lines).toEqual([])
})

it('gives up on what is refused, with a line in the log, and goes on with the next', async () => {
  const s = story()
  s.cluster.fate = () => (s.cluster.requests.length === 1 ? { status: 403, reason: 'Forbidden', message: 'no events for you' } : 'works')
  s.recorder.record(noCapacity)
  s.recorder.record({ ...noCapacity, reason: 'Other' })
  await s.runtime.settle()
  expect(written(s.cluster)).toMatchObject([{ reason: 'Other' }])
  expect(s.lines).toEqual([expect.stringContaining('no events for you')])
})

it('holds a bounded number of events back while nothing gets through, and counts what it drops', async () => {
  const s = story()
  s.cluster.fate = () => 'hangs'
  for (let n = 0; n < 1_500; n++) s.recorder.record({ ...noCapacity, regarding: { ...node, name: `node${n}`, uid: `u${n}` } })
  await s.runtime.settle()
  expect(await s.metrics.text()).toContain('kube_node_events_total{outcome="dropped"} 499')
})

it('writes what is left when it is closed, for as long as it is given', async () => {
  const s = story()
  for (let n = 0; n < 20; n++) s.recorder.record({ ...noCapacity, message: `${n}` })
  await s.recorder.close(2_000)
  expect(written(s.cluster)).toHaveLength(20)

  const silent = story()
  silent.cluster.fate = () => 'hangs'
  for (let n = 0; n < 3; n++) silent.recorder.record({ ...noCapacity, message: `${n}` })
  let closed = false
  void silent.recorder.close(2_000).then(() => (closed = true))
  await silent.runtime.advance(2_000)
  expect(closed).toBe(true)
  expect(silent.lines).toEqual([expect.stringContaining('events are lost')])
  silent.recorder.record(noCapacity)
  await silent.runtime.settle()
  expect(silent.cluster.requests).toHaveLength(1)
  expect(silent.runtime.sleeping).toBe(0)
})

it('leaves nothing behind, in whichever turn of the first write the second event comes', async () => {
  for (let turns = 0; turns < 60; turns++) {
    const s = story()
    s.recorder.record(noCapacity)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    s.recorder.record({ ...noCapacity, message: 'second' })
    await s.runtime.settle()
    expect(written(s.cluster), `after ${turns} turns`).toHaveLength(2)
  }
})

const set = { apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeSet', name: 'pool', uid: 's1' }
const made = (n: number): EventToRecord => ({
  regarding: { ...node, name: `pool-${n}`, uid: `u${n}` },
  owner: set,
  type: 'Normal',
  reason: 'MachineCreated',
  message: `made machine m${n}`,
  component: 'nodes',
})

it('tells what happens to very many objects of one owner as one event of that owner, with their number, and loses none', async () => {
  const s = story()
  for (let n = 0; n < 1_500; n++) s.recorder.record(made(n))
  await s.runtime.advance(10_000)
  const events = written(s.cluster)
  const ofSet = events.filter(({ involvedObject }) => involvedObject?.kind === 'NodeSet')
  expect(events).toHaveLength(101)
  expect(ofSet).toMatchObject([
    {
      metadata: { namespace: 'default', name: expect.stringMatching(/^pool\.[0-9a-f]{32}$/) },
      involvedObject: { apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeSet', name: 'pool', uid: 's1' },
      type: 'Normal',
      reason: 'MachineCreated',
      message: '(combined from similar events, such as that of Node pool-100): made machine m100',
      count: 1_400,
    },
  ])
  expect(await s.metrics.text()).toContain('kube_node_events_total{outcome="combined"} 1400')
})

it('writes that number every few seconds while more come, whatever their number', async () => {
  const s = story()
  for (let second = 0; second < 60; second++) {
    for (let n = 0; n < 50; n++) s.recorder.record(made(second * 50 + n))
    await s.runtime.advance(1_000)
  }
  await s.runtime.advance(10_000)
  const events = written(s.cluster)
  const told = events.reduce((sum, { count }) => sum + (count ?? 0), 0)
  expect(told).toBe(3_000)
  // 100 at once and 5 a second for themselves, and a write of the rest each 5 s.
  expect(s.cluster.requests.length).toBeLessThan(100 + 5 * 60 + 70 / 5)
})

it('tells them one by one again when there are few, and begins a new event of the owner after ten minutes', async () => {
  const s = story()
  for (let n = 0; n < 150; n++) s.recorder.record(made(n))
  await s.runtime.advance(60_000)
  s.recorder.record(made(150))
  await s.runtime.settle()
  expect(written(s.cluster).at(-1)).toMatchObject({ involvedObject: { name: 'pool-150' }, count: 1 })
  await s.runtime.advance(600_000)
  for (let n = 200; n < 350; n++) s.recorder.record(made(n))
  await s.runtime.advance(10_000)
  const ofSet = written(s.cluster).filter(({ involvedObject }) => involvedObject?.kind === 'NodeSet')
  expect(ofSet.map(({ count }) => count)).toEqual([50, 50])
})

it('tells each warning for itself, however many there are, and combines those for which the queue has no room', async () => {
  const s = story()
  s.cluster.fate = () => 'hangs'
  for (let n = 0; n < 1_500; n++) s.recorder.record({ ...made(n), type: 'Warning', reason: 'CreateFailed' })
  await s.runtime.settle()
  expect(await s.metrics.text()).toContain('kube_node_events_total{outcome="combined"} 499')
  expect(await s.metrics.text()).not.toContain('outcome="dropped"')
})

it('writes what it has combined when it is closed', async () => {
  const s = story()
  for (let n = 0; n < 150; n++) s.recorder.record(made(n))
  await s.recorder.close(2_000)
  expect(written(s.cluster).at(-1)).toMatchObject({ involvedObject: { name: 'pool' }, count: 50 })
  expect(s.runtime.sleeping).toBe(0)
})
