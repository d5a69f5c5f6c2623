import { X509Certificate } from 'node:crypto'
import { CertificateSigningRequests, Nodes, type Secret, Secrets, annotations, labels } from '@kube-node/core/api'
import { ApiError, listAll } from '@kube-node/core/kube'
import { expect, test } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { ask, certificateOf, forServing, newKeys, saidOf, startSite } from './story.ts'

const text = (secret: Secret | undefined, key: string): string => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString()

test('a machine becomes the node of its claim with the token it was born with, stays it without, and becomes no other', async ({
  signal,
}) => {
  await using site = await startSite(signal)
  const { client, cloud, controlPlane } = site
  const patience = { signal }
  const tokens = (): Promise<readonly Secret[]> =>
    listAll(client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })
  const born = await client.create(Nodes, { metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
  const secret = await eventually(patience, async () => {
    expect(cloud.machines()[0]?.state).toBe('running')
    const [only] = await tokens()
    expect(only).toBeDefined()
    return only
  })
  const token = `${text(secret, 'token-id')}.${text(secret, 'token-secret')}`
  expect(Buffer.from(cloud.machines()[0]?.userData ?? []).toString()).toContain(token)

  // With the token, as kube-apiserver itself knows who shows it.
  const machine = await site.showing({ token })
  const keys = newKeys()
  const forged = [
    [await ask(machine, 'other-node', newKeys(), { commonName: 'system:node:b' }), 'WrongSubject'],
    [await ask(machine, 'administrator', newKeys(), { organizations: ['system:masters'] }), 'WrongSubject'],
    [await ask(machine, 'with-a-name', newKeys(), { dns: ['a'] }), 'NamesNotAllowed'],
  ] as const
  for (const [name, reason] of forged)
    await eventually(patience, async () => expect(await saidOf(client, name)).toEqual([`CertificateRefused ${reason}`]))
  // Nor does the API server take one that is signed by another key (seen on 1.37).
  await expect(ask(machine, 'other-signature', newKeys(), { forgedBy: newKeys().privateKey })).rejects.toThrow('verification failure')

  await ask(machine, 'first', keys)
  const certificate = await eventually(patience, () => certificateOf(client, 'first'))
  expect(new X509Certificate(certificate).subject).toBe('O=system:nodes\nCN=system:node:a')
  expect(new X509Certificate(certificate).verify(new X509Certificate(controlPlane.caPem).publicKey)).toBe(true)
  await ask(machine, 'second-key', newKeys())
  await eventually(patience, async () => expect(await saidOf(client, 'second-key')).toEqual(['CertificateRefused TokenSpent']))
  await ask(machine, 'same-key', keys)
  await eventually(patience, () => certificateOf(client, 'same-key'))

  // With the certificate, as kubelet a: it joins, and its token is no more.
  const kubelet = await site.showing({ certificate, key: keys.privateKey })
  const status = { nodeInfo: { kubeletVersion: 'v1.37.2' }, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] }
  await kubelet.patch(Nodes, { name: 'a' }, { strategic: { status } }, { subresource: 'status' })
  await eventually(patience, async () => {
    const node = await client.get(Nodes, { name: 'a' })
    expect(node?.metadata?.annotations?.[annotations.phase]).toBe('Running')
    expect(node?.metadata?.uid).toBe(born.metadata?.uid)
    expect(await tokens()).toEqual([])
  })
  await eventually(patience, async () => {
    const refused: unknown = await machine.get(CertificateSigningRequests, { name: 'first' }).catch((error: unknown) => error)
    expect(ApiError.is(refused) && refused.code).toBe(401)
  })

  // Without the token: renewals, and a serving certificate for what the provider reports.
  const renewed = newKeys()
  await ask(kubelet, 'renewal', renewed)
  const renewal = await eventually(patience, () => certificateOf(client, 'renewal'))
  const later = await site.showing({ certificate: renewal, key: renewed.privateKey })
  const address = cloud.machines()[0]?.address ?? ''
  await ask(later, 'serving', newKeys(), { dns: ['a'], ips: [address] }, forServing)
  const serving = await eventually({ signal, withinMs: 30_000 }, () => certificateOf(client, 'serving'))
  expect(new X509Certificate(serving).subjectAltName).toBe(`DNS:a, IP Address:${address}`)
  await ask(later, 'foreign-address', newKeys(), { dns: ['a'], ips: ['10.9.9.9'] }, forServing)
  await eventually(patience, async () => expect(await saidOf(client, 'foreign-address')).toEqual(['CertificateRefused NamesOfOthers']))
  // Not even asked: NodeRestriction keeps a kubelet from naming another node.
  await expect(ask(later, 'as-b', newKeys(), { commonName: 'system:node:b' })).rejects.toThrow(
    /can only create a node CSR with CN=system:node:a/,
  )

  // Who approved what, all told: nothing wrong, nothing by anybody else, nothing denied.
  const requests = await listAll(client, CertificateSigningRequests)
  const decided = requests.map(({ metadata, status }) =>
    [metadata?.name, ...(status?.conditions ?? []).map(c => `${c.type} ${c.reason}`)].join(' '),
  )
  expect(decided.sort()).toEqual([
    'administrator',
    'first Approved KubeNodeFirstJoin',
    'foreign-address',
    'other-node',
    'renewal Approved KubeNodeClientRenewal',
    'same-key Approved KubeNodeFirstJoin',
    'second-key',
    'serving Approved KubeNodeServing',
    'with-a-name',
  ])
})
