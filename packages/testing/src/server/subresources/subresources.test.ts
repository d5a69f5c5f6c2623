import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { requestOf } from '../certificates/request.fixture.ts'
import { at } from '../objects/index.ts'
import { type TestClient, clientOf, widgets } from '../client.fixture.ts'

const pods = '/api/v1/namespaces/default/pods'
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const start = () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  return { runtime, server, api: clientOf(server.transport()) }
}

const runPod = async (api: TestClient, name: string, metadata: object = {}): Promise<void> => {
  await api.post(pods, {
    metadata: { name, labels: { app: 'web' }, ...metadata },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
  })
  await api.patch(`${pods}/${name}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })
}
const evict = (api: TestClient, name: string, rest: object = {}) =>
  api.post(`${pods}/${name}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...rest })
const budget = (spec: object, name = 'b'): object => ({ metadata: { name }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } })

test('Scale reads and writes the replicas of a custom kind', async () => {
  const { api } = start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets/w'
  await api.post('/apis/example.test/v1/widgets', {
    apiVersion: 'example.test/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { size: 2 },
  })
  await api.patch(`${path}/status`, { status: { size: 1, selector: 'a=b' } })
  const read = await api.get(`${path}/scale`)
  expect(read.body).toMatchObject({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 2 },
    status: { replicas: 1, selector: 'a=b' },
  })
  expect((await api.patch(`${path}/scale`, { spec: { replicas: 5 } })).body).toMatchObject({ spec: { replicas: 5 } })
  expect((await api.get(path)).body).toMatchObject({ metadata: { generation: 2 }, spec: { size: 5, color: 'red' } })
  expect((await api.put(`${path}/scale`, read.body)).status).toBe(409)
  expect((await api.patch(`${path}/scale`, { spec: { replicas: -1 } })).status).toBe(422)
  expect((await api.get('/api/v1/nodes/n/scale')).status).toBe(404)
})

test('A Scale that says nothing leaves two entries of one name in the books, and the next write one', async () => {
  const { api, server } = start()
  const sets = '/apis/apps/v1/namespaces/default/replicasets'
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  await api.post(sets, { metadata: { name: 's' }, spec: { selector: { matchLabels: { app: 'a' } }, template } }, { fieldManager: 'me' })
  const owners = async (): Promise<unknown> => at((await api.get(`${sets}/s`)).body, 'metadata', 'managedFields')
  await api.patch(`${sets}/s/scale`, {}, 'merge', { fieldManager: 'one' })
  expect(await owners()).toMatchObject([{ manager: 'me', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }, { manager: 'me' }])
  const before = Number(server.store.resourceVersion)
  for (const written of [1, 1]) {
    await api.patch(`${sets}/s/status`, {}, 'merge', { fieldManager: 'me' })
    expect(await owners()).toMatchObject([{ manager: 'me', fieldsV1: { 'f:spec': { 'f:selector': {} } } }])
    expect(Number(server.store.resourceVersion)).toBe(before + written)
  }
})

test('An eviction that a budget allows deletes the pod gracefully and says why it went', async () => {
  const { api } = start()
  await runPod(api, 'a')
  await runPod(api, 'b')
  await api.post(budgets, budget({ minAvailable: 1 }))
  expect(await evict(api, 'a')).toMatchObject({ status: 201, body: { kind: 'Status', status: 'Success' } })
  expect((await api.get(`${pods}/a`)).body).toMatchObject({
    metadata: { deletionTimestamp: expect.any(String) },
    status: {
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' })]),
    },
  })
})

test('An eviction against a budget is refused until another pod is healthy', async () => {
  const { api } = start()
  await runPod(api, 'a')
  await runPod(api, 'b')
  await api.post(budgets, budget({ minAvailable: 1 }))
  await evict(api, 'a')
  expect(await evict(api, 'b')).toMatchObject({
    status: 429,
    body: {
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget b needs 1 healthy pods and has 1 currently' }] },
    },
  })
  await runPod(api, 'c')
  expect((await evict(api, 'b')).status).toBe(201)
})

test('A budget of a portion counts what the owners want', async () => {
  const { api } = start()
  const owner = await api.post('/apis/apps/v1/namespaces/default/replicasets', {
    metadata: { name: 'rs' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  const ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: at(owner.body, 'metadata', 'uid'), controller: true },
  ]
  for (const name of ['a', 'b', 'c']) await runPod(api, name, { ownerReferences })
  await api.post(budgets, budget({ maxUnavailable: '50%' }))
  expect((await evict(api, 'a')).status).toBe(201)
  expect((await evict(api, 'b')).status).toBe(429)
})

test('Pods that serve nobody are evicted whatever the budget says, and ones that are not ready when the others suffice', async () => {
  const { api } = start()
  await runPod(api, 'ready')
  await api.post(pods, {
    metadata: { name: 'pending', labels: { app: 'web' } },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
  })
  await runPod(api, 'sick')
  await api.patch(`${pods}/sick/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } })
  await api.post(budgets, budget({ minAvailable: 1 }))
  expect([(await evict(api, 'pending')).status, (await evict(api, 'sick')).status, (await evict(api, 'ready')).status]).toEqual([
    201, 201, 429,
  ])
})

test('Two budgets over one pod are a mistake that the server names', async () => {
  const { api } = start()
  await runPod(api, 'a')
  await api.post(budgets, budget({ minAvailable: 0 }))
  await api.post(budgets, budget({ minAvailable: 0 }, 'second'))
  expect(await evict(api, 'a')).toMatchObject({
    status: 500,
    body: { message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.' },
  })
})

test('An eviction of another pod of the same name is refused', async () => {
  const { api } = start()
  await runPod(api, 'a')
  expect((await evict(api, 'a', { deleteOptions: { preconditions: { uid: 'of another' } } })).status).toBe(409)
  expect((await evict(api, 'gone')).status).toBe(404)
  expect((await api.get(`${pods}/a`)).body).not.toMatchObject({ metadata: { deletionTimestamp: expect.anything() } })
})

test('A budget tells people what it allows', async () => {
  const { api, runtime } = start()
  await runPod(api, 'a')
  await runPod(api, 'b')
  await api.post(budgets, budget({ minAvailable: 1 }))
  await runtime.advance(100)
  expect((await api.get(`${budgets}/b`)).body).toMatchObject({
    status: {
      disruptionsAllowed: 1,
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 2,
      observedGeneration: 1,
      conditions: [{ type: 'DisruptionAllowed', status: 'True' }],
    },
  })
  expect(runtime.sleeping).toBe(0)
})

test('A binding puts a pod on a node, once', async () => {
  const { api } = start()
  await api.post(pods, { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  const bind = (): ReturnType<TestClient['post']> =>
    api.post(`${pods}/a/binding`, { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } })
  expect((await bind()).status).toBe(201)
  expect((await api.get(`${pods}/a`)).body).toMatchObject({
    spec: { nodeName: 'n' },
    status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
  })
  expect((await bind()).status).toBe(409)
})

test('A signing request remembers who asked, and is approved apart', async () => {
  const { api, server } = start()
  const csrs = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const kubelet = clientOf(server.transport({ user: 'system:bootstrap:abc', groups: ['system:bootstrappers'] }))
  const spec = {
    request: requestOf({ commonName: 'system:node:n' }),
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['client auth'],
    username: 'somebody else',
  }
  await kubelet.post(csrs, { metadata: { name: 'c' }, spec })
  expect((await api.get(`${csrs}/c`)).body).toMatchObject({ spec: { username: 'system:bootstrap:abc', groups: ['system:bootstrappers'] } })
  const { body } = await api.get(`${csrs}/c`)
  const approved = { ...(body as object), status: { conditions: [{ type: 'Approved', status: 'True', reason: 'x', message: '' }] } }
  expect((await api.put(`${csrs}/c/approval`, approved)).body).toMatchObject({ status: { conditions: [{ type: 'Approved' }] } })
})

test('Whoever asks is told who he is, impersonated or not, and that he may', async () => {
  const { server } = start()
  const api = clientOf(server.transport({ user: 'jane', groups: ['dev'] }))
  const review = await api.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {})
  expect(review.body).toMatchObject({ status: { userInfo: { username: 'jane', groups: ['dev'] } } })
  const may = await api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    spec: { resourceAttributes: { verb: 'create', resource: 'nodes' } },
  })
  expect(may).toMatchObject({ status: 201, body: { status: { allowed: true } } })
})

test('The first apply of a Scale finds nobody who said that there are no replicas yet', async () => {
  const { api } = start()
  const sets = '/apis/apps/v1/namespaces/default/replicasets'
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 's' } }
  const spec = { selector: { matchLabels: { app: 'a' } }, template }
  await api.patch(`${sets}/s`, { ...set, spec }, 'apply', { fieldManager: 'one' })
  const wanted = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 's' }, spec: { replicas: 5 }, status: { replicas: 3 } }
  const conflicts = async (): Promise<unknown> =>
    at((await api.patch(`${sets}/s/scale`, wanted, 'apply', { fieldManager: 'two' })).body, 'details', 'causes')
  expect(await conflicts()).toMatchObject([{ field: '.spec.replicas' }])
  await api.patch(`${sets}/s/status`, { status: { replicas: 2 } })
  expect(await conflicts()).toMatchObject([{ field: '.spec.replicas' }, { field: '.status.replicas' }])
})
