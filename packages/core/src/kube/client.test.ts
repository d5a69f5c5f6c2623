import { describe, expect, it } from 'vitest'
import { Nodes, Pods, Secrets, resource } from '../api/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { type ClientOptions, type Observed, createClient } from './client.ts'
import { ApiError, TransportError, isConflict, isExpired, isNotFound } from './errors.ts'
import { type FakeTransport, answerOf, fakeTransport, listOf, nodeAt, refusalOf } from './transport.fake.ts'
import { listAll } from './pages.ts'
import type { Client } from './client.types.ts'

interface Given {
  readonly transport: FakeTransport
  readonly runtime: ReturnType<typeof manualRuntime>
  readonly client: Client
  readonly observed: Observed[]
}

const given = (options: Partial<ClientOptions> = {}): Given => {
  const transport = fakeTransport()
  const runtime = manualRuntime()
  const observed: Observed[] = []
  const client = createClient({ transport, clock: runtime.clock, observe: (_, each) => observed.push(each), ...options })
  return { transport, runtime, client, observed }
}

const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error = await promise.catch((caught: unknown) => caught)
  if (!ApiError.is(error)) throw new Error(`expected an ApiError, not ${String(error)}`)
  return error
}

const pagesOf = async <T>(pages: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const page of pages) all.push(page)
  return all
}

const notFound = refusalOf(404, 'NotFound', { name: 'a', kind: 'nodes' })

describe('reading', () => {
  it('answers the object, or undefined when there is none', async () => {
    const { client, transport } = given()
    transport.answer(({ path }) => (path === '/api/v1/nodes/a' ? answerOf(200, nodeAt('a', 5)) : notFound))
    expect(await client.get(Nodes, { name: 'a' })).toEqual(nodeAt('a', 5))
    expect(await client.get(Nodes, { name: 'b' })).toBeUndefined()
  })

  it('does not take a kind that is not served for an object that is not there', async () => {
    const { client, transport } = given()
    transport.answer(() => refusalOf(404, 'NotFound'))
    expect(isNotFound(await failure(client.get(Nodes, { name: 'a' })))).toBe(true)
    transport.answer(() => answerOf(404, '404 page not found\n'))
    expect(await failure(client.get(Nodes, { name: 'a' }))).toMatchObject({ code: 404, message: 'GET /api/v1/nodes/a: 404 page not found' })
  })

  it('reads lists in pages of one moment, with the type that lists leave out', async () => {
    const { client, transport } = given()
    transport.answer(({ query }) => (query?.continue === 'more' ? listOf('9', [nodeAt('b', 6)]) : listOf('9', [nodeAt('a', 5)], 'more')))
    const pages = await pagesOf(client.pages(Nodes, { labels: 'x=y', fields: 'metadata.name=a', limit: 1 }))
    expect(pages).toEqual([[nodeAt('a', 5)], [nodeAt('b', 6)]])
    expect(transport.requests.map(({ query }) => query)).toEqual([
      { labelSelector: 'x=y', fieldSelector: 'metadata.name=a', limit: '1' },
      { labelSelector: 'x=y', fieldSelector: 'metadata.name=a', limit: '1', continue: 'more' },
    ])
  })

  it('says that pages have expired; listAll begins again, at last without pages', async () => {
    const { client, transport } = given()
    transport.answer(({ query }) => {
      if (query?.continue !== undefined) return refusalOf(410, 'Expired')
      return query?.limit === undefined ? listOf('12', [nodeAt('a', 5), nodeAt('b', 6)]) : listOf('9', [nodeAt('a', 5)], 'more')
    })
    expect(isExpired(await failure(pagesOf(client.pages(Nodes))))).toBe(true)
    transport.requests.length = 0
    expect(await listAll(client, Nodes)).toEqual([nodeAt('a', 5), nodeAt('b', 6)])
    expect(transport.requests).toHaveLength(5)
  })

  it('says when something else than an API server answered', async () => {
    const { client, transport } = given()
    transport.answer(() => answerOf(200, '<html>log in</html>'))
    await expect(client.get(Nodes, { name: 'a' })).rejects.toThrow(/not a Node: is this an API server/)
    await expect(pagesOf(client.pages(Nodes))).rejects.toThrow(/not a Kubernetes list/)
  })

  it('refuses a key without the namespace that its kind needs', async () => {
    const { client } = given()
    await expect(client.get(Pods, { name: 'a' })).rejects.toThrow(/Pod a: a namespaced kind needs a namespace/)
    await expect(client.create(Pods, { metadata: { name: 'a' } })).rejects.toThrow(/namespace/)
  })
})

describe('writing', () => {
  it('creates with the type filled in, under its own name as field manager', async () => {
    const { client, transport } = given({ fieldManager: 'my-operator', userAgent: 'my-operator/1' })
    transport.answer(() => answerOf(201, nodeAt('a', 5)))
    expect(await client.create(Nodes, { metadata: { generateName: 'a-' } })).toEqual(nodeAt('a', 5))
    expect(transport.requests[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/nodes',
      query: { fieldManager: 'my-operator' },
      headers: { 'user-agent': 'my-operator/1' },
      body: { apiVersion: 'v1', kind: 'Node', metadata: { generateName: 'a-' } },
    })
  })

  it('updates an object or its status', async () => {
    const { client, transport } = given()
    transport.answer(() => answerOf(200, nodeAt('a', 6)))
    await client.update(Nodes, nodeAt('a', 5), { subresource: 'status', dryRun: true })
    expect(transport.requests[0]).toMatchObject({
      method: 'PUT',
      path: '/api/v1/nodes/a/status',
      query: { fieldManager: 'kube-node', dryRun: 'All' },
      body: nodeAt('a', 5),
    })
  })

  it.each([
    ['merge', { merge: { metadata: { labels: { x: 'y' } } } }, 'application/merge-patch+json'],
    ['strategic', { strategic: { metadata: { labels: { x: 'y' } } } }, 'application/strategic-merge-patch+json'],
    ['apply', { apply: { metadata: { labels: { x: 'y' } } }, force: true }, 'application/apply-patch+yaml'],
  ])('folds the condition of a %s patch into its metadata', async (kind, patch, contentType) => {
    const { client, transport } = given()
    transport.answer(() => answerOf(200, nodeAt('a', 6)))
    await client.patch(Nodes, { name: 'a' }, patch, { on: { uid: 'u', resourceVersion: '5' } })
    expect(transport.requests[0]).toMatchObject({
      headers: { 'content-type': contentType },
      body: { metadata: { labels: { x: 'y' }, uid: 'u', resourceVersion: '5' } },
    })
    expect(transport.requests[0]?.query?.force).toBe(kind === 'apply' ? 'true' : undefined)
  })

  it('puts the condition of a JSON patch before it, as tests', async () => {
    const { client, transport } = given()
    transport.answer(() => answerOf(200, nodeAt('a', 6)))
    const json = [{ op: 'remove', path: '/metadata/finalizers/0' }]
    await client.patch(Nodes, { name: 'a' }, { json }, { on: { uid: 'u', resourceVersion: '5' } })
    expect(transport.requests[0]).toMatchObject({
      headers: { 'content-type': 'application/json-patch+json' },
      body: [
        { op: 'test', path: '/metadata/uid', value: 'u' },
        { op: 'test', path: '/metadata/resourceVersion', value: '5' },
        { op: 'remove', path: '/metadata/finalizers/0' },
      ],
    })
  })

  it('calls a failed condition Conflict, as which an API server only knows some', async () => {
    const { client, transport } = given()
    const patched = (patch: { merge: object } | { json: [] }): Promise<ApiError> =>
      failure(client.patch(Nodes, { name: 'a' }, 'json' in patch ? patch : { merge: {} }, { on: { uid: 'u', resourceVersion: '5' } }))

    transport.answer(() => refusalOf(422, 'Invalid', { name: 'a', kind: 'Node', causes: [{ field: 'metadata.uid' }] }))
    const conflict = await patched({ merge: {} })
    expect(conflict).toMatchObject({ reason: 'Conflict', code: 409 })
    expect(conflict.message).toContain('PATCH /api/v1/nodes/a: ')
    transport.answer(() => refusalOf(422, 'Invalid', { name: 'a', kind: 'Node', causes: [{ field: 'spec.providerID' }] }))
    expect(await patched({ merge: {} })).toMatchObject({ reason: 'Invalid' })

    transport.answer(({ method }) => (method === 'GET' ? answerOf(200, nodeAt('a', 6, { uid: 'u' })) : refusalOf(422, 'Invalid')))
    expect(isConflict(await patched({ json: [] }))).toBe(true)
    transport.answer(({ method }) => (method === 'GET' ? answerOf(200, nodeAt('a', 5, { uid: 'u' })) : refusalOf(422, 'Invalid')))
    expect(await patched({ json: [] })).toMatchObject({ reason: 'Invalid' })
  })

  it('can be conditional on single fields, whatever else has changed, and calls one that is another a Conflict', async () => {
    const { client, transport } = given()
    const fields = [
      { path: ['metadata', 'labels', 'a/b'], value: 'c' },
      { path: ['spec', 'providerID'], value: undefined },
    ]
    const patched = (): Promise<unknown> => client.patch(Nodes, { name: 'a' }, { json: [] }, { on: { uid: 'u', fields } })
    transport.answer(() => answerOf(200, nodeAt('a', 9)))
    await patched()
    expect(transport.requests[0]?.body).toEqual([
      { op: 'test', path: '/metadata/uid', value: 'u' },
      { op: 'test', path: '/metadata/labels/a~1b', value: 'c' },
      { op: 'test', path: '/spec/providerID', value: null },
    ])

    const now = (labels: Readonly<Record<string, string>>, spec: object): void =>
      transport.answer(({ method }) =>
        method === 'GET' ? answerOf(200, { ...nodeAt('a', 9, { uid: 'u', labels }), spec }) : refusalOf(422, 'Invalid'),
      )
    now({ 'a/b': 'c' }, { providerID: 'x' })
    expect(isConflict(await failure(patched()))).toBe(true)
    now({ 'a/b': 'd' }, {})
    expect(isConflict(await failure(patched()))).toBe(true)
    now({ 'a/b': 'c' }, {})
    expect(await failure(patched())).toMatchObject({ reason: 'Invalid' })
    const merged = client.patch(Nodes, { name: 'a' }, { merge: {} }, { on: { uid: 'u', fields } })
    await expect(merged).rejects.toThrow('only a JSON patch')
  })

  it('asks for the eviction of that very pod', async () => {
    const { client, transport } = given()
    transport.answer(() => answerOf(201, { kind: 'Status', status: 'Success' }))
    await client.evict({ namespace: 'x', name: 'a' }, { uid: 'u', gracePeriodSeconds: 5 })
    expect(transport.requests[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/x/pods/a/eviction',
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'a', namespace: 'x' },
        deleteOptions: { preconditions: { uid: 'u' }, gracePeriodSeconds: 5 },
      },
    })
  })
})

describe('deleting', () => {
  const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 }

  it('deletes that very object', async () => {
    const { client, transport } = given()
    transport.answer(() => answerOf(200, { kind: 'Status', status: 'Success', details: { uid: 'uid-a' } }))
    const options = { uid: 'uid-a', resourceVersion: '5', propagation: 'Foreground' } as const
    expect(await client.delete(Nodes, { name: 'a' }, options)).toBeUndefined()
    expect(transport.requests[0]).toMatchObject({
      method: 'DELETE',
      path: '/api/v1/nodes/a',
      body: { kind: 'DeleteOptions', preconditions: { uid: 'uid-a', resourceVersion: '5' }, propagationPolicy: 'Foreground' },
    })
  })

  it.each([
    ['finalizers', nodeAt('a', 6, { ...deleting, finalizers: ['x'] })],
    ['its grace period', nodeAt('a', 6, { ...deleting, deletionGracePeriodSeconds: 30 })],
  ])('answers the object while %s hold it', async (_, held) => {
    const { client, transport, observed } = given()
    transport.answer(() => answerOf(200, held))
    expect(await client.delete(Nodes, { name: 'a' }, { uid: 'uid-a' })).toEqual(held)
    expect(observed).toEqual([{ kind: 'written', object: held }])
  })

  it.each([
    ['a Status', answerOf(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' })],
    ['its last state', answerOf(200, nodeAt('a', 6, deleting))],
    ['its last state, from before', answerOf(200, nodeAt('a', 6))],
    ['NotFound', notFound],
  ])('knows from %s that the object is gone', async (_, answer) => {
    const { client, transport, observed } = given()
    transport.answer(() => answer)
    expect(await client.delete(Nodes, { name: 'a' }, { uid: 'uid-a' })).toBeUndefined()
    expect(observed).toEqual([{ kind: 'deleted', key: { name: 'a' }, uid: 'uid-a' }])
  })

  it('does not take another object of that name', async () => {
    const { client, transport, observed } = given()
    transport.answer(() => refusalOf(409, 'Conflict', { name: 'a', kind: 'nodes' }))
    expect(isConflict(await failure(client.delete(Nodes, { name: 'a' }, { uid: 'uid-a' })))).toBe(true)
    expect(observed).toEqual([])
  })
})

describe('what is observed', () => {
  it('is every write that took place, before it resolves', async () => {
    const { client, transport, observed } = given()
    transport.answer(() => answerOf(200, nodeAt('a', 6)))
    await client.update(Nodes, nodeAt('a', 5))
    expect(observed).toEqual([{ kind: 'written', object: nodeAt('a', 6) }])
  })

  it('is no dry run, and no answer of another kind', async () => {
    const { client, transport, observed } = given()
    transport.answer(() => answerOf(200, nodeAt('a', 6)))
    await client.update(Nodes, nodeAt('a', 5), { dryRun: true })
    await client.delete(Nodes, { name: 'a' }, { uid: 'u', dryRun: true })
    transport.answer(() => answerOf(200, { ...nodeAt('a', 7), kind: 'Scale', apiVersion: 'autoscaling/v1' }))
    await client.patch(Nodes, { name: 'a' }, { merge: {} }, { subresource: 'scale' })
    expect(observed).toEqual([])
  })

  it('is the end of an object whose last finalizer the write took off', async () => {
    const { client, transport, observed } = given()
    const last = nodeAt('a', 6, { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 })
    transport.answer(() => answerOf(200, last))
    await client.patch(Nodes, { name: 'a' }, { merge: { metadata: { finalizers: null } } })
    expect(observed).toEqual([{ kind: 'deleted', key: { name: 'a' }, uid: 'uid-a' }])
  })
})

describe('errors', () => {
  it("name method, path and the server's words, and say when to come again", async () => {
    const { client, transport } = given()
    transport.answer(() => answerOf(429, { kind: 'Status', reason: 'TooManyRequests', message: 'slow down' }, { 'retry-after': '7' }))
    const error = await failure(client.evict({ namespace: 'x', name: 'a' }))
    expect(error.message).toBe('POST /api/v1/namespaces/x/pods/a/eviction: slow down')
    expect(error.retryAfterMs).toBe(7_000)
  })

  it('never hold what a Secret holds, though the server quotes it', async () => {
    const { client, transport } = given()
    const causes = [{ reason: 'FieldValueInvalid', field: 'data[token]', message: 'Invalid value: "hunter2"' }]
    const status = { kind: 'Status', reason: 'Invalid', code: 422, message: 'Secret "a" is invalid: "hunter2"' }
    const secret = { metadata: { namespace: 'x', name: 'a' } }
    transport.answer(() => answerOf(422, { ...status, details: { name: 'a', kind: 'Secret', causes } }))
    const error = await failure(client.create(Secrets, secret))
    expect(error.message).toContain('Invalid in data[token]')
    expect(JSON.stringify([error.message, error.status])).not.toContain('hunter2')
    transport.answer(() => refusalOf(403, 'Forbidden'))
    expect((await failure(client.create(Secrets, secret))).message).toContain('Forbidden, says the server')
  })

  it('end a request that nobody answers, by the injected clock', async () => {
    const { client, transport, runtime } = given()
    transport.answer(() => new Promise(() => undefined))
    const result = client.get(Nodes, { name: 'a' }).catch((error: unknown) => error)
    await runtime.advance(59_999)
    expect(transport.requests[0]?.signal.aborted).toBe(false)
    await runtime.advance(1)
    const error = await result
    expect(TransportError.is(error) && error.message).toBe('GET /api/v1/nodes/a: no answer within 60 s')
    expect(runtime.sleeping).toBe(0)
  })

  it('leave no timer and no listener behind, whatever the answer', async () => {
    const { client, transport, runtime } = given({ deadline: '5s' })
    const stop = new AbortController()
    transport.answer(() => refusalOf(500, 'InternalError'))
    await failure(client.get(Nodes, { name: 'a' }, stop.signal))
    transport.answer(() => new Promise(() => undefined))
    const result = client.get(Nodes, { name: 'a' }, stop.signal).catch((error: unknown) => error)
    stop.abort(new Error('enough'))
    expect(await result).toMatchObject({ message: 'GET /api/v1/nodes/a: aborted', cause: new Error('enough') })
    await runtime.settle()
    expect(runtime.sleeping).toBe(0)
  })
})

describe('paths', () => {
  it('are those of the group', async () => {
    const Widgets = resource<{ metadata: { name: string; namespace: string } }>({
      group: 'x.io',
      version: 'v1',
      kind: 'Widget',
      plural: 'widgets',
      namespaced: true,
    })
    const { client, transport } = given()
    transport.answer(() => answerOf(404, {}))
    await failure(client.get(Widgets, { namespace: 'a b', name: 'c/d' }))
    expect(transport.requests[0]?.path).toBe('/apis/x.io/v1/namespaces/a%20b/widgets/c%2Fd')
  })
})
