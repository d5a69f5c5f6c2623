import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestClient, clientOf, widgets } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'

const start = async (): Promise<TestClient> => {
  const api = clientOf(createApiServer({ runtime: manualRuntime() }).transport())
  await widgets(api)
  return api
}

const fields = ({ body }: { readonly body: unknown }): readonly unknown[] => {
  const causes = at(body, 'details', 'causes')
  return (Array.isArray(causes) ? causes : []).map(cause => at(cause, 'field'))
}

const wrong = { labels: { app: 'a b' }, deletionGracePeriodSeconds: 5 }

// Seen on 1.37: what all kinds are asked comes first, and is asked again by the kind itself.
test('Built-in kinds tell each cause of a change once, custom kinds as often as they find it', async () => {
  const api = await start()
  const secrets = '/api/v1/namespaces/default/secrets'
  await api.post(secrets, { metadata: { name: 'a' } })
  expect(fields(await api.patch(`${secrets}/a`, { metadata: wrong, type: 'other', data: { 'a b': '' } }))).toEqual([
    'metadata.labels',
    'metadata.deletionGracePeriodSeconds',
    'type',
    'data[a b]',
  ])
  const path = '/apis/example.test/v1/widgets'
  await api.post(path, { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } })
  expect(fields(await api.patch(`${path}/w`, { metadata: wrong }))).toEqual([
    'metadata.labels',
    'metadata.deletionGracePeriodSeconds',
    'metadata.labels',
    'metadata.deletionGracePeriodSeconds',
    'metadata.labels',
  ])
})

test("A budget's counts are judged with its status, its spec with itself", async () => {
  const api = await start()
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
  const selector = { matchLabels: { app: 'a' } }
  await api.post(budgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { minAvailable: 1, selector },
  })
  const status = { disruptionsAllowed: -1, conditions: [{ type: 'x', status: 'Odd', message: '' }] }
  expect(fields(await api.patch(`${budgets}/b/status`, { status, spec: { minAvailable: -1 } }))).toEqual([
    'status.conditions[0].status',
    'status.conditions[0].lastTransitionTime',
    'status.conditions[0].reason',
    'status.disruptionsAllowed',
  ])
  expect(
    fields(await api.patch(`${budgets}/b`, { status, spec: { minAvailable: -1, selector: { matchLabels: { app: 'a b' } } } })),
  ).toEqual(['spec.minAvailable', 'spec.selector.matchLabels'])
})

test('Warnings of a good object come also where it cannot be stored, and none of a wrong one', async () => {
  const api = await start()
  const path = '/apis/example.test/v1/widgets'
  const make = (size: number) =>
    api.post(path, { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w', finalizers: ['hold'] }, spec: { size } })
  const said = async (size: number): Promise<readonly [number, boolean]> => {
    const { headers, status } = await make(size)
    return [status, headers['warning'] !== undefined]
  }
  expect(await said(1)).toEqual([201, true])
  expect(await said(1)).toEqual([409, true])
  expect(await said(-1)).toEqual([422, false])
})

test('A patch that makes no good object is refused with what it would have made', async () => {
  const api = await start()
  const nodes = '/api/v1/nodes'
  await api.post(nodes, { metadata: { name: 'n' } })
  const message = async (type: 'merge' | 'strategic') =>
    String(at((await api.patch(`${nodes}/n`, { spec: { unschedulable: 'yes' }, metadata: { labels: null } }, type)).body, 'message'))
  expect(await message('merge')).toMatch(
    /^ "" is invalid: patch: Invalid value: "\{.*\\"name\\":\\"n\\".*: json: cannot unmarshal string into/,
  )
  expect(await message('strategic')).toBe(
    ' "" is invalid: patch: Invalid value: "map[metadata:map[labels:<nil>] spec:map[unschedulable:yes]]": unrecognized type: bool',
  )
})
