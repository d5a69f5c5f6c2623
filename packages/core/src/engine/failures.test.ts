import { expect, it } from 'vitest'
import { type KubeRequest, TransportError } from '../kube/index.ts'
import { fakeCluster } from './cluster.fake.ts'
import { ManagerStopping } from './errors.ts'
import { observeFailures } from './failures.ts'

const list = (signal: AbortSignal): KubeRequest => ({ method: 'GET', path: '/api/v1/nodes', query: { limit: '500' }, signal })
const never = new AbortController().signal

it('remembers why a list fails, until one works', async () => {
  const cluster = fakeCluster()
  const transport = observeFailures(cluster)
  cluster.fate = () => ({ status: 403, reason: 'Forbidden', message: 'nodes is forbidden' })
  await transport.request(list(never))
  expect(transport.failureOf('/api/v1/nodes')).toBe('nodes is forbidden')
  cluster.fate = () => 'unreachable'
  await expect(transport.request(list(never))).rejects.toThrow('connection refused')
  expect(transport.failureOf('/api/v1/nodes')).toContain('connection refused')
  cluster.fate = () => 'works'
  await transport.request(list(never))
  expect(transport.failureOf('/api/v1/nodes')).toBe('')
})

it('tells of a deadline in its own words, and takes no stop for a failure', async () => {
  const cluster = fakeCluster()
  const transport = observeFailures(cluster)
  cluster.fate = () => 'hangs'
  for (const [reason, told] of [
    [new ManagerStopping(), ''],
    [new TransportError('GET /api/v1/nodes: no answer within 60 s', { cause: undefined }), 'GET /api/v1/nodes: no answer within 60 s'],
  ] as const) {
    const stop = new AbortController()
    const asked = transport.request(list(stop.signal))
    stop.abort(reason)
    await expect(asked).rejects.toThrow('aborted')
    expect(transport.failureOf('/api/v1/nodes')).toBe(told)
  }
})

it('remembers nothing of single objects: their paths have no end', async () => {
  const transport = observeFailures(fakeCluster())
  await transport.request({ method: 'GET', path: '/api/v1/nodes/a', signal: never })
  expect(transport.failureOf('/api/v1/nodes/a')).toBe('')
})
