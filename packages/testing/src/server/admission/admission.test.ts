import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestClient, clientOf } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'
import { earlyDeletion, kubeletKeys, policy, useOfClasses } from './policy.fixture.ts'

const nodes = '/api/v1/nodes'
const maps = '/api/v1/namespaces/default/configmaps'
const start = (authorization: 'allow' | 'rbac' = 'allow') => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime, authorization })
  return { runtime, server, api: clientOf(server.transport()) }
}
const claim = (name: string, rest: object = {}): object => ({ metadata: { name, labels: { 'kube-node.dev/class': 'small' }, ...rest } })
const map = (name: string, data: object): object => ({ metadata: { name }, data })
const account = (name: string): { readonly user: string; readonly groups: readonly string[] } => ({
  user: `system:serviceaccount:kube-system:${name}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
})
const kubelet = (name: string) => ({ user: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] })

test('While a claim is being provisioned, the node controller may not delete it; people and the garbage collector may', async () => {
  const { api, runtime, server } = start()
  await policy(api, earlyDeletion)
  for (const name of ['a', 'b', 'c']) await api.post(nodes, claim(name))
  const controller = clientOf(server.transport(account('node-controller')))
  expect(await controller.delete(`${nodes}/a`)).toMatchObject({
    status: 403,
    body: {
      reason: 'Forbidden',
      message:
        "nodes \"a\" is forbidden: ValidatingAdmissionPolicy 'early-deletion' with binding 'early-deletion-binding' denied request: " +
        'node a is being provisioned',
      details: {
        name: 'a',
        kind: 'nodes',
        causes: [
          {
            message:
              "ValidatingAdmissionPolicy 'early-deletion' with binding 'early-deletion-binding' denied request: " +
              'node a is being provisioned',
          },
        ],
      },
    },
  })
  expect(await controller.delete(nodes)).toMatchObject({
    status: 403,
    body: { message: expect.stringMatching(/^nodes "Unknown" is forbidden: /), details: { name: 'Unknown' } },
  })
  expect((await clientOf(server.transport(account('generic-garbage-collector'))).delete(`${nodes}/b`)).status).toBe(200)
  expect((await api.delete(`${nodes}/c`)).status).toBe(200)
  await api.patch(`${nodes}/a/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } })
  expect((await controller.delete(`${nodes}/a`)).status).toBe(200)
  await runtime.settle()
  expect(runtime.sleeping).toBe(0)
})

test('A kubelet writes its status and labels, and leaves what is ours alone', async () => {
  const { api, server } = start()
  await policy(api, kubeletKeys)
  await api.post(nodes, claim('a', { finalizers: ['kube-node.dev/machine'], annotations: { 'kube-node.dev/machine': 'm-1' } }))
  const itself = clientOf(server.transport(kubelet('a')))
  const tries = async (patch: object, subresource = ''): Promise<unknown> => {
    const { body, status } = await itself.patch(`${nodes}/a${subresource}`, patch)
    return status === 200 ? 'ok' : (body as { message: string }).message.replace(/.*denied request: /, `${status} `)
  }
  expect(await tries({ metadata: { labels: { mine: 'yes' } } })).toBe('ok')
  expect(await tries({ status: { conditions: [{ type: 'Ready', status: 'True' }] } }, '/status')).toBe('ok')
  for (const subresource of ['', '/status']) {
    expect(await tries({ metadata: { labels: { 'kube-node.dev/class': 'big' } } }, subresource)).toBe(
      '422 labels of kube-node.dev belong to kube-node',
    )
    expect(await tries({ metadata: { labels: { 'kube-node.dev/class': null } } }, subresource)).toMatch(/^422 labels/)
    expect(await tries({ metadata: { annotations: { 'kube-node.dev/machine': 'm-2' } } }, subresource)).toMatch(/^422 annotations/)
    expect(await tries({ metadata: { finalizers: [] } }, subresource)).toBe('422 the finalizer of kube-node stays')
  }
  expect((await api.patch(`${nodes}/a`, { metadata: { finalizers: [] } })).status).toBe(200)
})

test('A developer claims nodes of the classes that he may use', async () => {
  const { api, server } = start('rbac')
  await policy(api, useOfClasses)
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  await api.post(`${rbac}/clusterroles`, {
    metadata: { name: 'developer' },
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: ['create', 'get', 'patch'] },
      { apiGroups: ['kube-node.dev'], resources: ['nodeclasses'], resourceNames: ['small'], verbs: ['use'] },
    ],
  })
  await api.post(`${rbac}/clusterrolebindings`, {
    metadata: { name: 'developers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'developer' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'developers' }],
  })
  const jane = clientOf(server.transport({ user: 'jane', groups: ['developers', 'system:authenticated'] }))
  expect((await jane.post(nodes, claim('a'))).status).toBe(201)
  const big = { labels: { 'kube-node.dev/class': 'big' } }
  expect(await jane.post(nodes, claim('b', big))).toMatchObject({
    status: 403,
    body: { message: expect.stringMatching(/jane may not use class big$/) },
  })
  expect((await jane.patch(`${nodes}/a`, { metadata: big })).status).toBe(403)
  expect((await jane.patch(`${nodes}/a`, { metadata: { labels: { team: 'web' } } })).status).toBe(200)
  expect((await api.post(nodes, claim('b', big))).status).toBe(201)
})

const several = async (api: TestClient, binding: object = {}, rest: object = {}): Promise<void> =>
  policy(api, {
    name: 'p',
    operations: ['CREATE'],
    resources: ['configmaps'],
    binding,
    rest: { variables: [{ name: 'lost', expression: 'object.data.nokey' }], ...rest },
    validations: [
      { expression: "!('bad' in object.data)" },
      { expression: "!('msg' in object.data)", message: 'no msg please', reason: 'Forbidden' },
      { expression: "!('big' in object.data)", message: 'too big', reason: 'RequestEntityTooLarge' },
      { expression: "!('expr' in object.data)", messageExpression: 'string(object.data.nokey)', message: 'static' },
      { expression: "!('err' in object.data) || object.data['nokey'] == 'x'", reason: 'Forbidden' },
      { expression: "!('sub' in object.data) || request.subResource == 'x'" },
      { expression: "!('var' in object.data) || variables.lost == 'x'" },
    ],
  })
const why = (answer: { readonly body: unknown; readonly status: number }): string =>
  `${answer.status} ${String((answer.body as { message?: string }).message).replace(/^.*denied request: /, '')}`

// As a kube-apiserver 1.37 answered.
test.for([
  ['bad', "422 failed expression: !('bad' in object.data)"],
  ['msg', '403 no msg please'],
  ['big', '413 too big'],
  ['expr', '422 static'],
  ['err', "422 expression '!('err' in object.data) || object.data['nokey'] == 'x'' resulted in error: no such key: nokey"],
  ['sub', "422 expression '!('sub' in object.data) || request.subResource == 'x'' resulted in error: no such key: subResource"],
  [
    'var',
    "422 expression '!('var' in object.data) || variables.lost == 'x'' resulted in error: " +
      'composited variable "lost" fails to evaluate: no such key: nokey',
  ],
] as const)('A denial of %s is said as a kube-apiserver says it', async ([key, message]) => {
  const { api } = start()
  await several(api)
  expect(why(await api.post(maps, map('a', { [key]: 'v' })))).toBe(message)
  expect((await api.post(maps, map('a', { good: 'v' }))).status).toBe(201)
})

test('Of several denials the first is told, after what is wrong with the object itself', async () => {
  const { api } = start()
  await several(api)
  expect(why(await api.post(maps, map('a', { msg: 'v', bad: 'v' })))).toBe("422 failed expression: !('bad' in object.data)")
  expect(await api.post(maps, map('A', { bad: 'v' }))).toMatchObject({
    status: 422,
    body: { message: expect.stringMatching(/^ConfigMap "A" is invalid/) },
  })
})

test('A binding that warns lets pass, and a policy that may fail says nothing about errors', async () => {
  const { api } = start()
  await several(api, { validationActions: ['Warn', 'Audit'] }, { failurePolicy: 'Ignore' })
  const answer = await api.post(maps, map('a', { bad: 'v', msg: 'v', err: 'v' }))
  expect(answer).toMatchObject({ status: 201 })
  expect(answer.headers['warning']).toBe(
    [
      `299 - "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-binding': failed expression: !('bad' in object.data)"`,
      `299 - "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-binding': no msg please"`,
    ].join(', '),
  )
})

test('A dry run is judged, nothing is written, and a policy does not stand in its own way', async () => {
  const { api } = start()
  await policy(api, {
    name: 'never',
    operations: ['*'],
    resources: ['*'],
    constraints: {},
    group: '*',
    validations: [{ expression: 'false' }],
  })
  expect((await api.post(maps, map('a', {}), { dryRun: 'All' })).status).toBe(422)
  const root = '/apis/admissionregistration.k8s.io/v1'
  expect((await api.delete(`${root}/validatingadmissionpolicybindings/never-binding`)).status).toBe(200)
  expect((await api.post(maps, map('a', {}))).status).toBe(201)
})

test('A deletion is known as a rehearsal by its body, and by its query only where there is no body', async () => {
  const { api } = start()
  await policy(api, {
    name: 'rehearsals',
    operations: ['DELETE'],
    resources: ['configmaps'],
    validations: [{ expression: '!request.dryRun', message: 'only a rehearsal' }],
  })
  await api.post(maps, map('a', {}))
  const rehearsed = { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] }
  expect((await api.delete(`${maps}/a`, rehearsed)).status).toBe(422)
  expect((await api.delete(maps, rehearsed)).status).toBe(422)
  expect((await api.delete(`${maps}/a`, undefined, { dryRun: 'All' })).status).toBe(422)
  expect((await api.delete(`${maps}/a`, { kind: 'DeleteOptions', apiVersion: 'v1' }, { dryRun: 'All' })).status).toBe(200)
})

test('A deletion that changes nothing any more is not judged', async () => {
  const { api } = start()
  const pods = '/api/v1/namespaces/default/pods'
  await api.post(pods, { metadata: { name: 'a' }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } })
  expect((await api.delete(`${pods}/a`)).status).toBe(200)
  await policy(api, { name: 'stay', operations: ['DELETE'], resources: ['pods'], validations: [{ expression: 'false' }] })
  expect((await api.delete(`${pods}/a`)).status).toBe(200)
  expect((await api.delete(`${pods}/a`, { gracePeriodSeconds: 1 })).status).toBe(422)
})

test('Policies choose by namespace, labels, names, excluded rules and conditions', async () => {
  const { api } = start()
  await api.post('/api/v1/namespaces', { metadata: { name: 'prod', labels: { tier: 'prod' } } })
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }
  await policy(api, {
    name: 'p',
    operations: ['CREATE'],
    resources: ['configmaps'],
    constraints: {
      namespaceSelector: { matchLabels: { tier: 'prod' } },
      objectSelector: { matchExpressions: [{ key: 'free', operator: 'DoesNotExist' }] },
      excludeResourceRules: [{ ...rule, resourceNames: ['excluded'] }],
    },
    rest: { matchConditions: [{ name: 'not-forced', expression: "object.metadata.name != 'forced'" }] },
    validations: [{ expression: "namespaceObject.metadata.labels.tier != 'prod'" }],
  })
  const prod = '/api/v1/namespaces/prod/configmaps'
  const status = async (path: string, metadata: object): Promise<number> => (await api.post(path, { metadata })).status
  expect(await status(prod, { name: 'a' })).toBe(422)
  expect(await status(maps, { name: 'a' })).toBe(201)
  expect(await status(prod, { name: 'a', labels: { free: 'yes' } })).toBe(201)
  expect(await status(prod, { name: 'excluded' })).toBe(201)
  expect(await status(prod, { name: 'forced' })).toBe(201)
})

test('A binding brings parameters, or says that there are none', async () => {
  const { api } = start()
  await policy(api, {
    name: 'p',
    operations: ['CREATE'],
    resources: ['configmaps'],
    rest: {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: [{ name: 'other', expression: "object.metadata.name != 'params'" }],
    },
    binding: { paramRef: { name: 'params', namespace: 'default', parameterNotFoundAction: 'Deny' } },
    validations: [{ expression: 'object.data.a == params.data.a' }],
  })
  const none = 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction'
  expect(why(await api.post(maps, map('a', { a: '1' })))).toBe(`422 ${none}`)
  // Without its parameters a binding denies all that it is about, whatever the conditions say: those can't be asked.
  expect(why(await api.post(maps, map('params', { a: '1' })))).toBe(`422 ${none}`)
})

test('Parameters decide, and may be missing where a binding says so', async () => {
  const { api } = start()
  await api.post(maps, map('params', { a: '1' }))
  const story = {
    operations: ['CREATE'],
    resources: ['configmaps'],
    rest: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
    validations: [{ expression: 'object.data.a == params.data.a' }],
  }
  const paramRef = { namespace: 'default', parameterNotFoundAction: 'Allow' }
  await policy(api, { ...story, name: 'p', binding: { paramRef: { ...paramRef, name: 'params' } } })
  await policy(api, { ...story, name: 'q', binding: { paramRef: { ...paramRef, name: 'missing' } } })
  expect(why(await api.post(maps, map('b', { a: '2' })))).toBe('422 failed expression: object.data.a == params.data.a')
  expect((await api.post(maps, map('c', { a: '1' }))).status).toBe(201)
})

test('The authorizer answers for the request, for paths and for service accounts', async () => {
  const { api, server } = start('rbac')
  await policy(api, {
    name: 'p',
    operations: ['CREATE'],
    resources: ['configmaps'],
    validations: [
      { expression: "authorizer.requestResource.check('create').allowed()", message: 'not even this' },
      { expression: "authorizer.path('/healthz').check('get').allowed()", message: 'no path' },
      {
        expression: "authorizer.serviceAccount('default', 'sa').group('').resource('secrets').check('get').allowed()",
        message: 'no account',
      },
    ],
  })
  const jane = clientOf(server.transport({ user: 'jane', groups: ['system:masters'] }))
  expect(why(await jane.post(maps, map('a', {})))).toBe('422 no account')
})

test('A policy that does not compile is refused, with the place', async () => {
  const { api } = start()
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }
  const { body, status } = await api.post('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', {
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: 'true' }, { expression: 'object.x ===' }, { expression: 'foo.bar' }],
    },
  })
  expect(status).toBe(422)
  expect(body).toMatchObject({
    details: {
      causes: [
        { field: 'spec.validations[1].expression', message: expect.stringContaining('compilation failed: ERROR: <input>:1:') },
        { field: 'spec.validations[2].expression', message: expect.stringContaining('compilation failed: ERROR: <input>:1:1: ') },
      ],
    },
  })
})

test('An eviction is judged as such, before the pod hears of it', async () => {
  const { api, server } = start()
  const pods = '/api/v1/namespaces/default/pods'
  await api.post(pods, { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  await policy(api, {
    name: 'nobody-evicts',
    operations: ['CREATE'],
    resources: ['pods/eviction'],
    validations: [{ expression: "request.subResource != 'eviction' || object.metadata.name != 'a'", message: 'not this one' }],
  })
  const before = server.store.resourceVersion
  expect(why(await api.post(`${pods}/a/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } }))).toBe(
    '422 not this one',
  )
  expect(server.store.resourceVersion).toBe(before)
})
