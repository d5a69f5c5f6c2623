import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../api-server.ts'
import { clientOf, widgets } from '../client.fixture.ts'
import { at } from '../objects/index.ts'

const path = '/openapi/v3/apis/example.test/v1'

test('a document is kept by the hash in its address: the list leads to it, and others to the one that is there', async () => {
  await using server = createApiServer({ runtime: manualRuntime() })
  const api = clientOf(server.transport())
  await widgets(api)
  const { body: list } = await api.get('/openapi/v3')
  const address = String(at(list, 'paths', 'apis/example.test/v1', 'serverRelativeURL'))
  const hash = new URL(address, 'http://localhost').searchParams.get('hash') ?? ''
  expect(address).toBe(`${path}?hash=${hash}`)

  const plain = await api.get(path)
  expect(plain).toMatchObject({ status: 200, headers: { etag: `"${hash}"`, vary: 'Accept', 'content-type': 'application/json' } })
  expect(plain.headers).not.toHaveProperty('cache-control')
  const kept = await api.get(path, { hash })
  expect(kept).toMatchObject({ status: 200, headers: { 'cache-control': 'public, immutable' } })
  expect(kept.body).toEqual(plain.body)
  expect(await api.get(path, { hash: 'ABC' })).toMatchObject({ status: 301, headers: { location: address }, body: '' })
  expect(await api.get(path, {}, { 'if-none-match': `"${hash}"` })).toMatchObject({ status: 304, body: '' })
  expect(await api.get(path, {}, { 'if-none-match': '"ABC"' })).toMatchObject({ status: 200 })
})

test('there is one form of it, and none of what is not served', async () => {
  await using server = createApiServer({ runtime: manualRuntime() })
  const api = clientOf(server.transport())
  await widgets(api)
  expect(await api.get(path, {}, { accept: 'text/html' })).toMatchObject({ status: 406, body: '' })
  expect(await api.get(path, {}, { accept: 'text/html, */*' })).toMatchObject({ status: 200 })
  for (const nowhere of ['/openapi/v3/apis/example.test', '/openapi/v3/apis/nope.test/v1', '/openapi/v3/nope', '/openapi/v3/apis'])
    expect(await api.get(nowhere)).toMatchObject({ status: 404, body: '' })
})
