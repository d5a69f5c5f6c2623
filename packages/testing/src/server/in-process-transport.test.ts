import { ApiError, TransportError } from '@kube-node/core/kube'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from './index.ts'

const signal = new AbortController().signal
const nodes = { method: 'GET', path: '/api/v1/nodes', signal } as const

test('No answer comes through a closed transport or from a closed server', async () => {
  const server = createApiServer({ runtime: manualRuntime() })
  const [one, two] = [server.transport(), server.transport()]
  const stream = await one.watch(nodes)
  await one[Symbol.asyncDispose]()
  await expect(stream.next()).rejects.toSatisfy(TransportError.is)
  await expect(one.request(nodes)).rejects.toSatisfy(TransportError.is)
  expect((await two.request(nodes)).status).toBe(200)
  await server[Symbol.asyncDispose]()
  await expect(two.request(nodes)).rejects.toSatisfy(TransportError.is)
})

test('A request that was given up is not carried out', async () => {
  const server = createApiServer({ runtime: manualRuntime() })
  const body = { metadata: { name: 'a' } }
  await expect(server.transport().request({ method: 'POST', path: '/api/v1/nodes', body, signal: AbortSignal.abort() })).rejects.toSatisfy(
    TransportError.is,
  )
  expect(server.store.list({ group: '', plural: 'nodes' })).toEqual([])
})

test('A watch that is refused throws what the server said', async () => {
  const transport = createApiServer({ runtime: manualRuntime() }).transport()
  const refused = transport.watch({ ...nodes, query: { labelSelector: 'a in b' } })
  await expect(refused).rejects.toSatisfy(error => ApiError.is(error) && error.code === 400)
  await expect(transport.watch({ ...nodes, path: '/api/v1/nothing' })).rejects.toSatisfy(
    error => ApiError.is(error) && error.reason === 'NotFound',
  )
})

test('A watch cannot be had as an answer', async () => {
  const runtime = manualRuntime()
  const transport = createApiServer({ runtime }).transport()
  await expect(transport.request({ ...nodes, query: { watch: '1' } })).rejects.toThrow(/open it with watch\(\)/)
  await runtime.settle()
  expect(runtime.sleeping).toBe(0)
})

test('Every request is told to those who count them', async () => {
  const server = createApiServer({ runtime: manualRuntime() })
  const seen: string[] = []
  const stop = server.onRequest(({ resource, status, user, verb }) => seen.push(`${user} ${verb} ${resource} ${status}`))
  const transport = server.transport({ user: 'jane' })
  await transport.request(nodes)
  await transport.request({ method: 'DELETE', path: '/api/v1/nodes/a', signal })
  await (await transport.watch(nodes))[Symbol.asyncDispose]()
  stop()
  await transport.request(nodes)
  expect(seen).toEqual(['jane list nodes 200', 'jane delete nodes 404', 'jane watch nodes 200'])
})
