import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { clientOf } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'

const start = () => clientOf(createApiServer({ runtime: manualRuntime({ random: [0.1, 0.9, 0.4] }) }).transport())

const frozen = (kind: string, rest: object = {}): object => ({ apiVersion: 'v1', kind, metadata: { name: 'a' }, immutable: true, ...rest })

const kinds = [
  ['ConfigMap', 'binaryData', '/api/v1/namespaces/default/configmaps'],
  ['Secret', 'data', '/api/v1/namespaces/default/secrets'],
] as const

test.for(kinds)(
  'An immutable %s without %s takes no empty map of it, in an update or a patch, and is not changed by the try',
  async ([kind, field, path]) => {
    const api = start()
    const { body } = await api.post(path, frozen(kind))
    const refused = { status: 422, body: { details: { causes: [{ field, reason: 'FieldValueForbidden' }] } } }
    expect(await api.put(`${path}/a`, frozen(kind, { [field]: {} }))).toMatchObject(refused)
    expect(await api.patch(`${path}/a`, { [field]: {} })).toMatchObject(refused)
    expect((await api.get(`${path}/a`)).body).toEqual(body)
    expect((await api.put(`${path}/a`, frozen(kind))).status).toBe(200)
  },
)

test.for(kinds)('An immutable %s with %s may be written again as it is, in whatever order', async ([kind, field, path]) => {
  const api = start()
  await api.post(path, frozen(kind, { [field]: { a: 'dg==', b: 'dw==' } }))
  expect((await api.put(`${path}/a`, frozen(kind, { [field]: { b: 'dw==', a: 'dg==' } }))).status).toBe(200)
  expect((await api.put(`${path}/a`, frozen(kind, { [field]: {} }))).status).toBe(422)
})

test('The data of an immutable ConfigMap may be none or an empty map: none is filled in as an empty one', async () => {
  const api = start()
  const path = '/api/v1/namespaces/default/configmaps'
  await api.post(path, frozen('ConfigMap'))
  expect((await api.put(`${path}/a`, frozen('ConfigMap', { data: {} }))).status).toBe(200)
})
