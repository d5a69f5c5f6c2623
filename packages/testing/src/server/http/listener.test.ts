import { once } from 'node:events'
import { type IncomingMessage, get } from 'node:http'
import { createInterface } from 'node:readline'
import { manualRuntime } from '@kube-node/core/runtime'
import { afterEach, expect, test } from 'vitest'
import { type ApiServer, createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'

const servers: ApiServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]()
})
const start = async () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  servers.push(server)
  const { url } = await server.listen()
  const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text }
  }
  return { runtime, server, url, ask }
}
const json = { 'content-type': 'application/json' }

test('The same server answers over a socket and in this process', async () => {
  const { ask, server } = await start()
  const made = await ask('POST', '/api/v1/nodes', JSON.stringify({ metadata: { name: 'a' } }), json)
  expect(made.status).toBe(201)
  const transport = server.transport()
  const { body } = await transport.request({ method: 'GET', path: '/api/v1/nodes/a', signal: new AbortController().signal })
  expect(body).toEqual(made.body)
  expect(await ask('GET', '/api/v1/nodes/b')).toMatchObject({ status: 404, body: { reason: 'NotFound' } })
  expect(await ask('GET', '/readyz')).toMatchObject({ status: 200, body: 'ok' })
  expect(await ask('GET', '/version')).toMatchObject({ status: 200, body: { major: '1', minor: '37' } })
  expect(await ask('GET', '/nowhere')).toMatchObject({ status: 404, body: '404 page not found\n' })
})

test('YAML is read, broken JSON and other languages are refused in words', async () => {
  const { ask } = await start()
  const yaml = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {x: "1"}\n'
  const maps = '/api/v1/namespaces/default/configmaps'
  expect(await ask('POST', maps, yaml, { 'content-type': 'application/yaml' })).toMatchObject({ status: 201, body: { data: { x: '1' } } })
  expect(await ask('POST', maps, '{"kind":', json)).toMatchObject({ status: 400, body: { reason: 'BadRequest' } })
  expect(await ask('POST', maps, 'x', { 'content-type': 'text/plain' })).toMatchObject({
    status: 415,
    body: { reason: 'UnsupportedMediaType' },
  })
  expect(await ask('POST', maps, ' '.repeat(4 * 1024 * 1024), json)).toMatchObject({
    status: 413,
    body: { reason: 'RequestEntityTooLarge' },
  })
})

test('A warning arrives as the header that kubectl prints', async () => {
  const { ask } = await start()
  const { headers } = await ask('POST', '/api/v1/nodes', JSON.stringify({ metadata: { name: 'a' }, spec: { colour: 'red' } }), json)
  expect(headers.get('warning')).toBe('299 - "unknown field \\"spec.colour\\""')
})

test('A watch is a line of JSON an event, and ends when its time is over', async () => {
  const { ask, runtime, url } = await start()
  const request = get(`${url}/api/v1/nodes?watch=true&timeoutSeconds=60`)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const lines = createInterface({ input: response })[Symbol.asyncIterator]()
  await ask('POST', '/api/v1/nodes', JSON.stringify({ metadata: { name: 'a' } }), json)
  const first: unknown = JSON.parse((await lines.next()).value ?? '')
  expect(first).toMatchObject({ type: 'ADDED', object: { kind: 'Node', metadata: { name: 'a' } } })
  await runtime.advance(60_000)
  expect((await lines.next()).done).toBe(true)
})

test('A client that hangs up leaves nothing running', async () => {
  const { runtime, url } = await start()
  const abort = new AbortController()
  const response = await fetch(`${url}/api/v1/nodes?watch=true`, { signal: abort.signal })
  expect(runtime.sleeping).toBe(1)
  abort.abort()
  await expect(response.text()).rejects.toThrow(Error)
  // The socket's close reaches the server in its own time.
  await expect.poll(() => runtime.sleeping, { timeout: 30_000 }).toBe(0)
})

test('Headers can make the request somebody else’s', async () => {
  const { ask } = await start()
  const { body } = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', '{}', {
    ...json,
    'impersonate-user': 'system:serviceaccount:default:robot',
    'impersonate-group': 'a',
  })
  expect(at(body, 'status', 'userInfo')).toEqual({
    username: 'system:serviceaccount:default:robot',
    groups: ['a', 'system:authenticated'],
  })
})

test('The kubeconfig names the last address, and there is none before the server listens', async () => {
  const { server, url } = await start()
  const config: unknown = JSON.parse(server.kubeconfig())
  expect(config).toMatchObject({ 'current-context': 'kube-node', clusters: [{ cluster: { server: url } }] })
  expect(JSON.parse(server.kubeconfig({ user: 'jane', groups: ['dev'] }))).toMatchObject({
    users: [{ user: { as: 'jane', 'as-groups': ['dev'] } }],
  })
  expect(() => createApiServer({ runtime: manualRuntime() }).kubeconfig()).toThrow(/listen\(\)/)
})

test('Closing lets go of the port and of everybody on it', async () => {
  const { server, url } = await start()
  const watching = fetch(`${url}/api/v1/nodes?watch=true`).then(response => response.text())
  await fetch(`${url}/readyz`)
  await server[Symbol.asyncDispose]()
  await watching.catch((error: unknown) => error)
  await expect(fetch(`${url}/readyz`)).rejects.toThrow(Error)
  await expect(server.listen()).rejects.toThrow(/closed/)
})
