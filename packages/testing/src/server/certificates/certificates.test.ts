import { X509Certificate } from 'node:crypto'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestClient, clientOf } from '../client.fixture.ts'
import { type ApiServerOptions, createApiServer } from '../index.ts'
import { at, textAt } from '../objects/index.ts'
import { parseCertificateRequest } from './request.ts'
import { keyPair, requestOf } from './request.fixture.ts'

const csrs = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const start = (options: Partial<ApiServerOptions> = {}) => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime, ...options })
  const kubelet = clientOf(
    server.transport({ user: 'system:bootstrap:abcdef', groups: ['system:bootstrappers'], extra: { 'example.test/machine': ['m-1'] } }),
  )
  return { runtime, server, kubelet, api: clientOf(server.transport()) }
}
const client = { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['digital signature', 'client auth'] }
const serving = { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] }
const ask = (api: TestClient, request: string, rest: object = client, name = 'c') =>
  api.post(csrs, { metadata: { name }, spec: { request, expirationSeconds: 3_600, ...rest } })
const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message: 'the claim waits for it' }
const decide = async (api: TestClient, conditions: readonly object[], name = 'c', subresource = 'approval') => {
  const { body } = await api.get(`${csrs}/${name}`)
  return api.put(`${csrs}/${name}/${subresource}`, { ...(body as object), status: { conditions } })
}
const statusOf = async (api: TestClient, name = 'c'): Promise<unknown> => at((await api.get(`${csrs}/${name}`)).body, 'status')

test('A kubelet asks, somebody approves, and the certificate is for what was asked', async () => {
  const { api, kubelet, runtime, server } = start()
  const keys = keyPair()
  const asked = await ask(kubelet, requestOf({ commonName: 'system:node:a' }, keys))
  expect(asked.body).toMatchObject({
    spec: { username: 'system:bootstrap:abcdef', groups: ['system:bootstrappers'], extra: { 'example.test/machine': ['m-1'] } },
  })
  await runtime.advance(1_000)
  expect(await statusOf(api)).not.toHaveProperty('certificate')
  expect((await decide(api, [approved])).status).toBe(200)
  await runtime.advance(1_000)
  const status = await statusOf(api)
  expect(status).toMatchObject({ conditions: [{ ...approved, lastUpdateTime: '2026-01-01T00:00:01Z' }] })
  const certificate = new X509Certificate(Buffer.from(textAt(status, 'certificate'), 'base64'))
  const authority = new X509Certificate(server.certificateAuthority())
  expect(certificate.subject).toBe('O=system:nodes\nCN=system:node:a')
  expect([certificate.verify(authority.publicKey), certificate.checkIssued(authority), certificate.ca, authority.ca]).toEqual([
    true,
    true,
    false,
    true,
  ])
  expect(certificate.publicKey.equals(keys.publicKey)).toBe(true)
  expect([certificate.validFrom, certificate.validTo]).toEqual(['Dec 31 23:55:01 2025 GMT', 'Jan  1 01:00:01 2026 GMT'])
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  expect(runtime.sleeping).toBe(0)
})

test('A serving certificate has the names and addresses of the request', async () => {
  const { api, runtime } = start()
  await ask(api, requestOf({ commonName: 'system:node:a', dns: ['a'], ips: ['10.0.0.1'] }), serving)
  await decide(api, [approved])
  await runtime.advance(1_000)
  const certificate = new X509Certificate(Buffer.from(textAt(await statusOf(api), 'certificate'), 'base64'))
  expect(certificate.subjectAltName).toBe('DNS:a, IP Address:10.0.0.1')
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
})

test('The same seed gives the same certificates', async () => {
  const request = requestOf({ commonName: 'system:node:a' })
  const certificate = async (): Promise<string> => {
    const { api, runtime } = start()
    await ask(api, request)
    await decide(api, [approved])
    await runtime.advance(1_000)
    return textAt(await statusOf(api), 'certificate')
  }
  const first = await certificate()
  expect(first).not.toBe('')
  expect(await certificate()).toBe(first)
})

// As kube-controller-manager 1.37 says it.
test.for([
  ['another organization', { organizations: ['system:masters'] }, client, 'subject organization is not system:nodes'],
  ['another name', { commonName: 'a' }, client, 'subject common name does not begin with system:node: '],
  ['names in a client certificate', { dns: ['a'] }, client, 'DNS subjectAltNames are not allowed'],
  [
    'other usages',
    {},
    { ...client, usages: ['digital signature', 'server auth'] },
    'usages did not match [client auth digital signature key encipherment]',
  ],
  ['no address', {}, serving, 'DNS or IP subjectAltName is required'],
] as const)('An approved request with %s fails', async ([, story, spec, message]) => {
  const { api, runtime } = start()
  await ask(api, requestOf({ commonName: 'system:node:a', ...story }), spec)
  await decide(api, [approved])
  await runtime.advance(1_000)
  expect(await statusOf(api)).toMatchObject({
    conditions: [approved, { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message }],
  })
  expect(await statusOf(api)).not.toHaveProperty('certificate')
})

const pem = (text: string): string =>
  Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${text}\n-----END CERTIFICATE REQUEST-----\n`).toString('base64')

test('What is no request is refused, and one that would make an administrator', async () => {
  const { api } = start()
  for (const text of ['AAAA', '', 'MAA=', 'MIIB']) expect((await ask(api, pem(text))).status).toBe(422)
  const forged = requestOf({ commonName: 'system:node:a', forgedBy: keyPair().privateKey })
  expect(await ask(api, forged)).toMatchObject({ status: 422, body: { details: { causes: [{ field: 'spec.request' }] } } })
  const admin = requestOf({ commonName: 'x', organizations: ['system:masters'] })
  expect(await ask(api, admin, { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] })).toMatchObject({
    status: 403,
    body: {
      message:
        'certificatesigningrequests.certificates.k8s.io "c" is forbidden: ' +
        'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    },
  })
})

test('Approval is given by its own subresource, once, and not taken back', async () => {
  const { api } = start({ signCertificates: false })
  await ask(api, requestOf({ commonName: 'system:node:a' }))
  const denied = { ...approved, type: 'Denied' }
  const refusals = async (asked: Promise<{ readonly body: unknown }>): Promise<unknown> => at((await asked).body, 'details', 'causes')
  expect(await refusals(decide(api, [approved], 'c', 'status'))).toEqual([
    { reason: 'FieldValueForbidden', message: 'Forbidden: updates may not add a condition of type "Approved"', field: 'status.conditions' },
  ])
  expect(await refusals(decide(api, [{ ...denied, status: 'False' }]))).toMatchObject([{ field: 'status.conditions[0].status' }])
  expect(await refusals(decide(api, [denied, approved]))).toEqual([
    {
      reason: 'FieldValueInvalid',
      message:
        'Invalid value: "{conditions[{\\"type\\": \\"Approved\\"}], conditions[{\\"type\\": \\"Denied\\"}]}": ' +
        'must specify at most one of: `conditions[{"type": "Approved"}]`, `conditions[{"type": "Denied"}]`',
      field: 'status.conditions',
    },
  ])
  expect((await decide(api, [approved])).status).toBe(200)
  expect(await refusals(decide(api, []))).toEqual([
    {
      reason: 'FieldValueForbidden',
      message: 'Forbidden: updates may not remove a condition of type "Approved"',
      field: 'status.conditions',
    },
  ])
})

test('Conditions are judged one by one, and approvers own them by their own subresource', async () => {
  const { api } = start({ signCertificates: false })
  await ask(api, requestOf({ commonName: 'system:node:a' }))
  const kind = 'CertificateSigningRequest'
  const causes = async (conditions: readonly object[]): Promise<unknown> => at((await decide(api, conditions)).body, 'details', 'causes')
  expect(await causes([{ type: '', status: '' }, { type: 'Odd', status: 'Perhaps' }, approved, approved])).toMatchObject([
    { field: 'status.conditions[0].type', reason: 'FieldValueRequired' },
    { field: 'status.conditions[0].status', reason: 'FieldValueRequired' },
    { field: 'status.conditions[1].status', reason: 'FieldValueNotSupported' },
    { field: 'status.conditions[3].type', reason: 'FieldValueDuplicate' },
  ])
  // Of an object that nobody has ever owned anything of no book is kept.
  await api.patch(`${csrs}/c`, { metadata: { name: 'c', labels: { a: 'b' } }, apiVersion: 'certificates.k8s.io/v1', kind }, 'apply', {
    fieldManager: 'asker',
  })
  const given = { status: { conditions: [approved] } }
  expect(await api.patch(`${csrs}/c/approval`, given, 'merge', { fieldManager: 'approver' })).toMatchObject({
    status: 200,
    body: { metadata: { managedFields: [{ manager: 'asker' }, { manager: 'approver', operation: 'Update', subresource: 'approval' }] } },
  })
  const { body } = await decide(api, [{ ...approved, reason: 'Another' }], 'c', 'status')
  expect(at(body, 'status', 'conditions')).toMatchObject([{ type: 'Approved', reason: approved.reason }])
})

test.each([
  ['kubernetes.io/legacy-unknown', 'the legacy signerName is not allowed via this API version'],
  ['nobody', "must be a fully qualified domain and path of the form 'example.com/signer-name'"],
  ['example/signer', 'should be a domain with at least two segments separated by dots'],
  ['Example.test/signer', 'validating label "Example": a lowercase RFC 1123 label'],
  ['example.test/b_', 'validating label "b_": a lowercase RFC 1123 subdomain'],
])('The signer %s is refused', async (signerName, why) => {
  const { api } = start()
  expect(await ask(api, requestOf({ commonName: 'x' }), { signerName, usages: ['odd', 'client auth', 'client auth'] })).toMatchObject({
    status: 422,
    body: {
      details: {
        causes: [
          { field: 'spec.usages[0]', reason: 'FieldValueNotSupported' },
          { field: 'spec.usages[2]', reason: 'FieldValueDuplicate' },
          { field: 'spec.signerName', message: expect.stringContaining(why) },
        ],
      },
    },
  })
})

test('Who approves needs the verb for that signer', async () => {
  const { api, server } = start({ authorization: 'rbac' })
  await ask(api, requestOf({ commonName: 'system:node:a' }))
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const rules = [
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests', 'certificatesigningrequests/approval'], verbs: ['*'] },
    { apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: [serving.signerName], verbs: ['approve'] },
  ]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'approver' }
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }]
  await api.post(`${rbac}/clusterroles`, { metadata: { name: 'approver' }, rules })
  await api.post(`${rbac}/clusterrolebindings`, { metadata: { name: 'approver' }, roleRef, subjects })
  const jane = clientOf(server.transport({ user: 'jane' }))
  expect(await decide(jane, [approved])).toMatchObject({
    status: 403,
    body: {
      message:
        'certificatesigningrequests.certificates.k8s.io "c" is forbidden: ' +
        'user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client-kubelet"',
    },
  })
  await ask(api, requestOf({ commonName: 'system:node:a', dns: ['a'] }), serving, 'd')
  expect((await decide(jane, [approved], 'd')).status).toBe(200)
})

test('A request that OpenSSL made is read', () => {
  const request = parseCertificateRequest(`-----BEGIN CERTIFICATE REQUEST-----
MIIBFzCBvgIBADAzMRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxGjAYBgNVBAMMEXN5
c3RlbTpub2RlOmFkbS1hMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvUOkqbjj
D4JN/yIUSGzDuG1ckYkWQJ2moBGzTFW1GGs1ozvcvCnKMJo4WowDKT1eMXghPZZ5
vAmXJDetlI8FqKApMCcGCSqGSIb3DQEJDjEaMBgwFgYDVR0RBA8wDYIFYWRtLWGH
BAoAAAEwCgYIKoZIzj0EAwIDSAAwRQIhAKeHv4P8Kafu+7wzGnCWuKkhKarYTls2
t1M/1QJiqSbMAiAe35Lw1XbBDIiT9lEsDQ0xCeDf0k0GN5owf7n6R/pPmQ==
-----END CERTIFICATE REQUEST-----
`)
  expect(request).toMatchObject({
    commonName: 'system:node:adm-a',
    organizations: ['system:nodes'],
    names: { dns: ['adm-a'], ips: [Buffer.from([10, 0, 0, 1])], emails: [], uris: [] },
    isSigned: true,
  })
})
