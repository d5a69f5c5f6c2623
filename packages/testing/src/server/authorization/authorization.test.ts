import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestClient, clientOf } from '../client.fixture.ts'
import { type ApiServerOptions, createApiServer } from '../index.ts'

const nodes = '/api/v1/nodes'
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const group = 'rbac.authorization.k8s.io'
const start = (options: Partial<ApiServerOptions> = {}) => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime, authorization: 'rbac', ...options })
  const as = (user: string, ...groups: string[]): TestClient =>
    clientOf(server.transport({ user, groups: [...groups, 'system:authenticated'] }))
  return { runtime, server, as, api: clientOf(server.transport()) }
}
const message = ({ body }: { readonly body: unknown }): string => (body as { message: string }).message
const grant = async (api: TestClient, name: string, rules: readonly object[], subject: object, namespace = ''): Promise<void> => {
  await api.post(`${rbac}/clusterroles`, { metadata: { name }, rules })
  const path = namespace === '' ? `${rbac}/clusterrolebindings` : `${rbac}/namespaces/${namespace}/rolebindings`
  const body = { metadata: { name }, roleRef: { apiGroup: group, kind: 'ClusterRole', name }, subjects: [subject] }
  const { status } = await api.post(path, body)
  if (status !== 201) throw new Error(`${path}: ${status}`)
}
const jane = { kind: 'User', apiGroup: group, name: 'jane' }

// As a kube-apiserver 1.37 answered.
test.for([
  [nodes, {}, 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope', { kind: 'nodes' }],
  [
    nodes,
    { watch: '1' },
    'nodes is forbidden: User "jane" cannot watch resource "nodes" in API group "" at the cluster scope',
    { kind: 'nodes' },
  ],
  [
    `${nodes}/n1`,
    {},
    'nodes "n1" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope',
    { name: 'n1', kind: 'nodes' },
  ],
  [
    '/api/v1/namespaces/default/pods/a/status',
    {},
    'pods "a" is forbidden: User "jane" cannot get resource "pods/status" in API group "" in the namespace "default"',
    { name: 'a', kind: 'pods' },
  ],
  [
    '/apis/nope/v1/things',
    {},
    'things.nope is forbidden: User "jane" cannot list resource "things" in API group "nope" at the cluster scope',
    { group: 'nope', kind: 'things' },
  ],
  ['/metrics', {}, 'forbidden: User "jane" cannot get path "/metrics"', {}],
] as const)('Somebody without rights is refused %s%j in the words of a kube-apiserver', async ([path, query, words, details]) => {
  const { as } = start()
  const { body, status } = await as('jane').get(path, query)
  expect(status).toBe(403)
  expect(body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: words,
    reason: 'Forbidden',
    details,
    code: 403,
  })
})

test('Everybody may discover what is served, and ask what he may', async () => {
  const { as } = start()
  const somebody = as('jane')
  for (const path of ['/api', '/apis/apps/v1', '/version', '/healthz']) expect((await somebody.get(path)).status).toBe(200)
  const asked = await somebody.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    spec: { resourceAttributes: { verb: 'create', resource: 'nodes' } },
  })
  expect(asked.body).toMatchObject({ status: { allowed: false } })
})

test('Roles allow by verb, group, resource, subresource and name, everywhere or in one namespace', async () => {
  const { api, as } = start()
  const rules = [
    { apiGroups: [''], resources: ['nodes'], resourceNames: ['a'], verbs: ['get', 'list', 'watch', 'delete'] },
    { apiGroups: [''], resources: ['*/status'], verbs: ['patch'] },
    { apiGroups: ['apps'], resources: ['*'], verbs: ['*'] },
  ]
  await grant(api, 'r', rules, jane)
  await grant(api, 'reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }], jane, 'default')
  for (const name of ['a', 'b']) await api.post(nodes, { metadata: { name } })
  const she = as('jane')
  const statusOf = async (asked: Promise<{ status: number }>): Promise<number> => (await asked).status
  expect(await statusOf(she.get(`${nodes}/a`))).toBe(200)
  expect(await statusOf(she.get(`${nodes}/b`))).toBe(403)
  expect(await statusOf(she.get(nodes))).toBe(403)
  expect(await statusOf(she.get(nodes, { fieldSelector: 'metadata.name=a' }))).toBe(200)
  expect(await statusOf(she.patch(`${nodes}/b/status`, { status: {} }))).toBe(200)
  expect(await statusOf(she.patch(`${nodes}/b`, {}))).toBe(403)
  expect(await statusOf(she.get('/apis/apps/v1/deployments'))).toBe(200)
  expect(await statusOf(she.get('/api/v1/namespaces/default/pods'))).toBe(200)
  expect(await statusOf(she.get('/api/v1/namespaces/kube-system/pods'))).toBe(403)
  expect(await statusOf(she.get('/api/v1/pods'))).toBe(403)
})

test('A right is named in a review, with the binding that gives it; a binding to nothing is named in the refusal', async () => {
  const { api, as } = start()
  await grant(api, 'r', [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }], jane)
  const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
  const spec = { user: 'jane', resourceAttributes: { verb: 'get', resource: 'nodes', name: 'n1' } }
  expect((await api.post(reviews, { spec })).body).toMatchObject({
    status: { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "r" of ClusterRole "r" to User "jane"' },
  })
  expect((await api.post(reviews, { spec: { ...spec, user: 'bob' } })).body).toMatchObject({ status: { allowed: false } })
  const rights = await as('jane').post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace: 'default' } })
  expect(rights.body).toMatchObject({
    status: { resourceRules: expect.arrayContaining([{ verbs: ['get'], apiGroups: [''], resources: ['nodes'] }]) },
  })
  await api.delete(`${rbac}/clusterroles/r`)
  expect(message(await as('jane').get(`${nodes}/n1`))).toBe(
    'nodes "n1" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope: ' +
      'rbac: RBAC: clusterrole.rbac.authorization.k8s.io "r" not found',
  )
})

test('To act as somebody else takes the verb impersonate on his name and on each group', async () => {
  const { api, as } = start()
  const rules = [
    { apiGroups: [''], resources: ['users'], resourceNames: ['system:node:a'], verbs: ['impersonate'] },
    { apiGroups: [''], resources: ['groups'], resourceNames: ['system:nodes'], verbs: ['impersonate'] },
  ]
  await grant(api, 'actor', rules, jane)
  const she = as('jane')
  const acting = (user: string, groups = ''): Promise<{ status: number; body: unknown }> =>
    she.get(`${nodes}/a`, {}, { 'impersonate-user': user, ...(groups === '' ? {} : { 'impersonate-group': groups }) })
  await api.post(nodes, { metadata: { name: 'a' } })
  expect((await acting('system:node:a', 'system:nodes')).status).toBe(200)
  expect(message(await acting('bob'))).toBe(
    'users "bob" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
  )
  expect(message(await acting('system:node:a', 'system:masters'))).toContain('groups "system:masters" is forbidden')
  expect(message(await acting('system:serviceaccount:default:sa'))).toBe(
    'serviceaccounts "sa" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" ' +
      'in API group "" in the namespace "default"',
  )
})

test('One may be let act as somebody in some requests only, and a refusal tells of the way that was tried first', async () => {
  const { api, as } = start()
  await api.post(nodes, { metadata: { name: 'a' } })
  const she = as('jane')
  const acting = (path: string, groups?: string): Promise<{ status: number; body: unknown }> =>
    she.get(path, {}, { 'impersonate-user': 'bob', ...(groups === undefined ? {} : { 'impersonate-group': groups }) })
  expect(message(await acting(`${nodes}/a`))).toBe(
    'nodes "a" is forbidden: User "jane" cannot impersonate-on:user-info:get resource "nodes" in API group "" at the cluster scope',
  )
  await grant(
    api,
    'actor',
    [
      { apiGroups: [''], resources: ['nodes'], verbs: ['impersonate-on:user-info:get'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['users'], resourceNames: ['bob'], verbs: ['impersonate:user-info'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['groups'], verbs: ['impersonate:user-info'] },
    ],
    jane,
  )
  await grant(api, 'reader', [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }], { kind: 'User', name: 'bob' })
  expect((await acting(`${nodes}/a`)).status).toBe(200)
  expect(message(await acting(nodes))).toContain('User "jane" cannot impersonate-on:user-info:list resource "nodes"')
  expect(message(await acting(`${nodes}/a`, 'system:masters'))).toContain('impersonating the system:masters group is not allowed')
})

test('Over HTTP a token says who comes; a bootstrap token does so until it expires', async () => {
  const { api, runtime, server } = start({ tokens: { 'secret-1': { username: 'root', groups: ['system:masters'] } } })
  const { url } = await server.listen()
  const ask = async (token?: string): Promise<string> => {
    const answer = await fetch(`${url}${nodes}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
    const { message } = (await answer.json()) as { message?: string }
    return `${answer.status} ${message ?? ''}`
  }
  expect(await ask('secret-1')).toBe('200 ')
  expect(await ask('other')).toBe('401 Unauthorized')
  expect(await ask()).toBe(
    '403 nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
  )
  await api.post('/api/v1/namespaces/kube-system/secrets', {
    metadata: { name: 'bootstrap-token-abcdef' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:kube-node',
      expiration: '2026-01-01T00:10:00Z',
    },
  })
  const review = await api.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'abcdef.0123456789abcdef' } })
  expect(review.body).toMatchObject({
    status: {
      authenticated: true,
      user: {
        username: 'system:bootstrap:abcdef',
        groups: ['system:bootstrappers', 'system:bootstrappers:kube-node', 'system:authenticated'],
      },
    },
  })
  expect(await ask('abcdef.0123456789abcdef')).toContain('403 nodes is forbidden: User "system:bootstrap:abcdef"')
  await runtime.advance(11 * 60_000)
  expect(await ask('abcdef.0123456789abcdef')).toBe('401 Unauthorized')
  const bad = await api.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'bad' } })
  expect(bad.body).toMatchObject({ status: { user: {}, error: 'invalid bearer token' } })
  await server[Symbol.asyncDispose]()
})

test('Whoever brings no token may be refused at once', async () => {
  const { server } = start({ tokens: {}, anonymous: 'refuse' })
  const { url } = await server.listen()
  expect((await fetch(`${url}/version`)).status).toBe(401)
  await server[Symbol.asyncDispose]()
})

test("The server's own controllers go on with their work", async () => {
  const { api, runtime } = start()
  await api.post('/api/v1/namespaces', { metadata: { name: 'n' } })
  await api.post('/api/v1/namespaces/n/configmaps', { metadata: { name: 'c' } })
  await api.delete('/api/v1/namespaces/n')
  await runtime.advance(1_000)
  expect((await api.get('/api/v1/namespaces/n')).status).toBe(404)
})
