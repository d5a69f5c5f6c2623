import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { clientOf, widgets } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'

const discovery = 'application/json;g=apidiscovery.k8s.io'
const whole = `${discovery};v=v2;as=APIGroupDiscoveryList`
const former = `${discovery};v=v2beta1;as=APIGroupDiscoveryList`

// Seen on 1.37.
test.each([
  [whole, 'APIGroupDiscoveryList'],
  ['application/json;as=APIGroupDiscoveryList;g=apidiscovery.k8s.io;v=v2', 'APIGroupDiscoveryList'],
  [`${former},${whole},application/json`, 'APIGroupDiscoveryList'],
  [`${former},application/json`, 'APIGroupList'],
  [`application/json,${whole}`, 'APIGroupList'],
  ['text/html,*/*', 'APIGroupList'],
  [former, 'Status'],
  [`${discovery};v=v2;as=Other`, 'Status'],
  ['text/plain', 'Status'],
])('Discovery as %s is answered with %s', async (accept, kind) => {
  const api = clientOf(createApiServer({ runtime: manualRuntime() }).transport())
  expect(await api.get('/apis', {}, { accept })).toMatchObject({ status: kind === 'Status' ? 406 : 200, body: { kind } })
})

test('Groups and versions have one form alone', async () => {
  const api = clientOf(createApiServer({ runtime: manualRuntime() }).transport())
  await widgets(api)
  for (const path of ['/apis/example.test', '/apis/example.test/v1', '/api/v1']) {
    expect((await api.get(path, {}, { accept: whole })).status).toBe(406)
    expect((await api.get(path, {}, { accept: `${whole},application/json` })).status).toBe(200)
  }
  expect((await api.get('/apis/nobody.test', {}, { accept: 'text/plain' })).status).toBe(404)
})
