import { X509Certificate } from 'node:crypto'
import { Nodes, Secrets } from '@kube-node/core/api'
import { createToken, dropToken, readToken } from '@kube-node/core/identity'
import { type KubeTransport, TransportError } from '@kube-node/core/kube'
import type { MachineAddress } from '@kube-node/core/provider'
import { describe, expect, it } from 'vitest'
import { type DeathSentence, type TestCluster, createTestCluster, mortal } from './index.ts'
import {
  askAsNode,
  askWithToken,
  begin,
  certificateOf,
  claimed,
  clientSigner,
  join,
  newKeys,
  requestNamed,
  told,
} from './kubelet.fixture.ts'

const servingSpec = { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] }
const issued = (cluster: TestCluster, name: string): Promise<string> =>
  cluster.until(`${name} is signed`, () => certificateOf(cluster, name))
const refusal = (cluster: TestCluster, request: string, reason: string): Promise<boolean> =>
  cluster.until(`${request} is refused`, async () =>
    (await told(cluster)).some(line => line.startsWith(`CertificateSigningRequest/${request} CertificateRefused: ${reason}`)),
  )

describe('a kubelet', () => {
  it('with the token of its claim gets a certificate as that node, and renews it when the token is long gone', async () => {
    await using cluster = await createTestCluster()
    const manager = begin(cluster)
    const { token } = await claimed(cluster)
    const keys = newKeys()
    await askWithToken(cluster, 'first', keys)
    const certificate = new X509Certificate(await issued(cluster, 'first'))
    expect(certificate.subject).toBe('O=system:nodes\nCN=system:node:a')
    expect(certificate.publicKey.equals(keys.publicKey)).toBe(true)

    await join(cluster)
    expect(await cluster.lasting(dropToken(cluster.client, token.id, token))).toBe('gone')
    await cluster.runtime.advance(60_000)
    await askAsNode(cluster, 'renewal', newKeys())
    expect(new X509Certificate(await issued(cluster, 'renewal')).subject).toBe('O=system:nodes\nCN=system:node:a')
    expect((await told(cluster)).filter(line => line.includes('Refused'))).toEqual([])
    const { body } = await manager.handle('/metrics')
    for (const reason of ['FirstJoin', 'ClientRenewal'])
      expect(body).toContain(`kube_node_certificates_approved_total{signer="${clientSigner}",reason="${reason}"} 1`)
  })

  it('serves under its addresses as soon as its provider reports them, and says what it waits for until then', async () => {
    await using cluster = await createTestCluster()
    const reported: MachineAddress[] = []
    begin(cluster, mortal(), { addresses: () => reported })
    await claimed(cluster)
    await askAsNode(cluster, 'serving', newKeys(), { dns: ['a'], ips: ['10.0.0.7'] }, servingSpec)
    await cluster.until('it says why it waits', async () => (await told(cluster)).length === 2)
    const why = 'AddressesUnknown: provider simulated has not reported yet which addresses the machine of node a has'
    expect(await told(cluster)).toEqual([
      `CertificateSigningRequest/serving CertificateWaits: ${why}`,
      `Node/a CertificateWaits: certificate request serving: ${why}`,
    ])
    reported.push({ type: 'InternalIP', address: '10.0.0.7' })
    expect(new X509Certificate(await issued(cluster, 'serving')).subjectAltName).toBe('DNS:a, IP Address:10.0.0.7')
  })

  it('that asks too early is approved when its claim has its record', async () => {
    await using cluster = await createTestCluster()
    begin(cluster)
    const { node } = await claimed(cluster)
    const annotation = 'kube-node.dev/machine'
    const set = (value: string): Promise<unknown> =>
      cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { annotations: { [annotation]: value } } } }))
    await set('{')
    await askWithToken(cluster, 'first', newKeys())
    await cluster.until('it waits', async () => (await told(cluster)).some(line => line.includes('CertificateWaits: RecordBroken')))
    await set(node.metadata?.annotations?.[annotation] ?? '')
    expect(await issued(cluster, 'first')).toContain('BEGIN CERTIFICATE')
  })

  it('with a second key is refused, in words, and not denied', async () => {
    await using cluster = await createTestCluster()
    const manager = begin(cluster)
    await claimed(cluster)
    const keys = newKeys()
    await askWithToken(cluster, 'first', keys)
    await issued(cluster, 'first')
    await askWithToken(cluster, 'second', newKeys())
    await refusal(cluster, 'second', 'TokenSpent')
    await cluster.until('both are told', async () => (await told(cluster)).filter(line => line.includes('Refused')).length === 2)
    const why = 'TokenSpent: the token for claim a, attempt 1 was used for another key already, and one machine has one'
    expect((await told(cluster)).filter(line => line.includes('Refused'))).toEqual([
      `CertificateSigningRequest/second CertificateRefused: ${why}`,
      `Node/a CertificateRefused: certificate request second: ${why}`,
    ])
    await askWithToken(cluster, 'again', keys)
    await issued(cluster, 'again')
    // What wakes the approver again is no news.
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { labels: { tier: 'web' } } } }))
    await cluster.runtime.advance(60_000)
    expect((await requestNamed(cluster, 'second'))?.status?.conditions).toBeUndefined()
    expect((await manager.handle('/metrics')).body).toContain(
      `kube_node_certificates_refused_total{signer="${clientSigner}",reason="TokenSpent"} 1`,
    )
  })

  it('with the token of another claim writes nothing into events of the node that it wants to be', async () => {
    await using cluster = await createTestCluster()
    begin(cluster)
    await claimed(cluster)
    await claimed(cluster, 'b', 'def456')
    await askWithToken(cluster, 'forged', newKeys(), { commonName: 'system:node:a' }, 'def456')
    await refusal(cluster, 'forged', 'WrongSubject')
    expect((await told(cluster)).filter(line => line.startsWith('Node/a'))).toEqual([])
    expect(await certificateOf(cluster, 'forged')).toBeUndefined()
  })

  it('with the token of a claim that is gone writes nothing into events of its namesake', async () => {
    await using cluster = await createTestCluster()
    begin(cluster)
    const { token } = await claimed(cluster)
    const old = { ...token, id: 'def456', claim: 'uid-of-old', controller: 'kube-node.dev/controller', joins: 'kubelet' as const }
    await cluster.lasting(createToken(cluster.client, old))
    await askWithToken(cluster, 'late', newKeys(), {}, 'def456')
    await refusal(cluster, 'late', 'ClaimGone')
    await cluster.runtime.advance(5_000)
    expect((await told(cluster)).filter(line => line.startsWith('Node/a'))).toEqual([])
  })
})

/** Two keys race for one token, and the controller dies. Answers which of them were signed. */
const race = async (
  sentence?: DeathSentence,
): Promise<{ readonly calls: number; readonly signed: readonly string[]; readonly bound: number }> => {
  await using cluster = await createTestCluster()
  const { token } = await claimed(cluster)
  const first = mortal(sentence && { lateness: () => cluster.runtime.clock.sleep(30_000), ...sentence })
  begin(cluster, first)
  const signed = async (): Promise<readonly string[]> => {
    const certificates = await Promise.all(['one', 'two'].map(name => certificateOf(cluster, name)))
    return ['one', 'two'].filter((_name, i) => certificates[i] !== undefined)
  }
  await askWithToken(cluster, 'one', newKeys())
  await cluster.until('it is signed, or its approver is dead', async () => first.dead || (await signed()).length > 0)
  await askWithToken(cluster, 'two', newKeys())
  if (sentence !== undefined) begin(cluster)
  await cluster.until(
    'one is signed, and one refused',
    async () => (await signed()).length > 0 && (await told(cluster)).some(line => line.includes('Refused')),
  )
  await cluster.runtime.advance(45_000)
  const { calls } = first
  const secret = await cluster.client.get(Secrets, { namespace: 'kube-system', name: `bootstrap-token-${token.id}` })
  const bound = secret?.metadata?.annotations?.['kube-node.dev/approved-key'] === undefined ? 0 : 1
  return { calls, signed: await signed(), bound }
}

describe('of two keys that come with one token, one is signed', () => {
  it('when nobody dies', async () => {
    expect(await race()).toMatchObject({ signed: ['one'], bound: 1 })
  })

  it.each(['before', 'after', 'late'] as const)(
    'when the approver dies at any of its calls, which take effect as after a death "%s"',
    async when => {
      const { calls } = await race()
      expect(calls).toBeGreaterThan(5)
      for (let at = 1; at <= calls; at++) {
        const { bound, signed } = await race({ at, when })
        expect({ at, bound, signed: signed.length }).toEqual({ at, bound: 1, signed: 1 })
      }
    },
    60_000,
  )
})

/** The first write of each kind takes place, and its answer is lost. */
const losing = (inner: KubeTransport, lost: string[]): KubeTransport => ({
  ...inner,
  async request(request) {
    const answer = await inner.request(request)
    const what = `${request.method} ${request.path.split('/').slice(-1)[0] === 'approval' ? 'approval' : request.path.split('/').at(-2)}`
    if (!['PATCH secrets', 'PUT approval'].includes(what) || lost.includes(what)) return answer
    lost.push(what)
    throw new TransportError('the connection broke', { cause: undefined })
  },
})

it('a lost answer to the binding and one to the approval cost a second look, and nothing else', async () => {
  await using cluster = await createTestCluster()
  const lost: string[] = []
  begin(cluster, mortal(), { transport: losing(cluster.transport(), lost) })
  const { token } = await claimed(cluster)
  await askWithToken(cluster, 'one', newKeys())
  await issued(cluster, 'one')
  expect(lost).toEqual(['PATCH secrets', 'PUT approval'])
  await askWithToken(cluster, 'two', newKeys())
  await refusal(cluster, 'two', 'TokenSpent')
  expect(await cluster.lasting(readToken(cluster.client, token.id, token))).toMatchObject({ kind: 'found' })
})
