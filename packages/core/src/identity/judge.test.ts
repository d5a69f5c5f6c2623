import { createHash, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { octetString, oids, sequence } from '../x509/index.ts'
import { claim, firstJoin, now, record, renewal, token, verdictOf } from './facts.fixture.ts'
import { type RequestFacts, judge } from './judge.ts'
import { type Forgery, attribute, clientSigner, csr, ec, ed25519, rsa, servingSigner } from './request.fixture.ts'

const keys = ec()
const fingerprint = createHash('sha256')
  .update(keys.publicKey.export({ format: 'der', type: 'spki' }))
  .digest('hex')
const hugeRsa = (): ReturnType<typeof createPublicKey> =>
  createPublicKey({ key: { kty: 'RSA', n: Buffer.alloc(1_200, 0xff).toString('base64url'), e: 'AQAB' }, format: 'jwk' })
const enciphering = { usages: ['key encipherment', 'digital signature', 'client auth'] }

describe('a machine that joins', () => {
  it('is approved with the token that was made for it, once the token is bound to its key', () => {
    expect(judge(firstJoin({ keys }))).toEqual({
      verdict: 'approve',
      reason: 'FirstJoin',
      message: 'the machine of claim a, attempt 1, joins with the token that was made for it',
      bind: { token, key: fingerprint },
    })
  })

  it.each<[string, RequestFacts]>([
    ['with the same key again', firstJoin({ keys }, {}, { token: { ...token, approvedKey: fingerprint } })],
    ['with P-384', firstJoin({ keys: ec('P-384') })],
    ['with P-521 and SHA-512', firstJoin({ keys: ec('P-521'), hash: 'sha512' })],
    ['with Ed25519', firstJoin({ keys: ed25519() })],
    ['with RSA', firstJoin({ keys: rsa() })],
    ['with RSA that may encipher keys', firstJoin({ keys: rsa() }, enciphering)],
    [
      'with the name first, and printable strings',
      firstJoin({ subject: [[[oids.commonName, 'system:node:a', 0x13]], [[oids.organization, 'system:nodes', 0x13]]] }),
    ],
    ['for an hour', firstJoin({}, { expirationSeconds: 3_600 })],
    ['beside a kubelet that has traded no token', firstJoin({}, {}, { node: claim({ joined: true }) })],
    [
      'with the same key again beside another kubelet',
      firstJoin({ keys }, {}, { node: claim({ joined: true }), token: { ...token, approvedKey: fingerprint } }),
    ],
    ['before its id is noted', firstJoin({}, {}, { node: claim({ without: ['id'] }) })],
  ])('is approved %s', (_how, facts) => {
    expect(verdictOf(facts)).toBe('approve FirstJoin')
  })

  it.each<[string, RequestFacts, string]>([
    ['whose token nobody knows', firstJoin({}, {}, { token: undefined }), 'TokenUnknown'],
    ["with somebody else's token", firstJoin({}, { username: 'system:bootstrap:zzz999' }), 'TokenUnknown'],
    ['whose token has expired', firstJoin({}, {}, { now: token.expiresAt }), 'TokenExpired'],
    ['whose token is being deleted', firstJoin({}, {}, { token: { ...token, isDeleting: true } }), 'TokenExpired'],
    ['with another key than the first', firstJoin({}, {}, { token: { ...token, approvedKey: fingerprint } }), 'TokenSpent'],
    ['whose claim is gone', firstJoin({}, {}, { node: undefined }), 'ClaimGone'],
    ['whose claim has a namesake', firstJoin({}, {}, { node: claim({ metadata: { uid: 'uid-b' } }) }), 'ClaimGone'],
    ['whose claim was let go', firstJoin({}, {}, { node: claim({ metadata: { finalizers: [] } }) }), 'ClaimGone'],
    ['with the token of another claim', firstJoin({}, {}, { node: claim({ metadata: { name: 'b', uid: 'uid-b' } }) }), 'ClaimGone'],
    [
      'whose claim is being deleted',
      firstJoin({}, {}, { node: claim({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }) }),
      'ClaimDeleting',
    ],
    ['whose machine is to go', firstJoin({}, {}, { node: claim({ record: { deletedAt: '2026-01-01T00:00:00Z' } }) }), 'ClaimDeleting'],
    ['of an attempt that was given up', firstJoin({}, {}, { node: claim({ record: { attempt: 2, token: 'def456' } }) }), 'ClaimMovedOn'],
    ['with a token that its claim does not know', firstJoin({}, {}, { node: claim({ without: ['token'] }) }), 'ClaimMovedOn'],
    [
      'when one has joined already',
      firstJoin({}, {}, { node: claim({ joined: true }), token: { ...token, approvedKey: 'another' } }),
      'AlreadyJoined',
    ],
    ['as another node', firstJoin({ commonName: 'system:node:b' }), 'WrongSubject'],
    ['as a node whose name begins with its own', firstJoin({ commonName: 'system:node:a1' }), 'WrongSubject'],
    ['as an administrator', firstJoin({ organizations: ['system:masters'] }), 'WrongSubject'],
    ['as an administrator, too', firstJoin({ organizations: ['system:nodes', 'system:masters'] }), 'WrongSubject'],
    ['without organization', firstJoin({ organizations: [] }), 'WrongSubject'],
    [
      'with two names',
      firstJoin({
        subject: [[[oids.organization, 'system:nodes']], [[oids.commonName, 'system:node:a']], [[oids.commonName, 'system:node:b']]],
      }),
      'WrongSubject',
    ],
    [
      'with a name and an organization in one',
      firstJoin({
        subject: [
          [
            [oids.organization, 'system:nodes'],
            [oids.commonName, 'system:node:a'],
          ],
        ],
      }),
      'WrongSubject',
    ],
    [
      'with a unit besides',
      firstJoin({ subject: [[[oids.organization, 'system:nodes']], [['2.5.4.11', 'x']], [[oids.commonName, 'system:node:a']]] }),
      'WrongSubject',
    ],
    [
      'with more in a part of several',
      firstJoin({
        subject: [
          [[oids.organization, 'system:nodes']],
          [[oids.commonName, 'system:node:a']],
          [
            [oids.organization, 'system:masters'],
            ['2.5.4.11', 'x'],
          ],
        ],
      }),
      'WrongSubject',
    ],
    ['with an empty list of names', firstJoin({ extensions: [[oids.alternativeNames, sequence()]] }), 'UnexpectedContent'],
    ['with RSA of 9600 bits', firstJoin({ keys: { ...ec(), publicKey: hugeRsa() } }), 'KeyRefused'],
    [
      'with a name in UTF-16',
      firstJoin({ subject: [[[oids.organization, 'system:nodes']], [[oids.commonName, 'system:node:a', 0x1e]]] }),
      'WrongSubject',
    ],
    ['with a name that ends in NUL', firstJoin({ commonName: 'system:node:a\0' }), 'WrongSubject'],
    ['with a name of a host', firstJoin({ dns: ['a'] }), 'NamesNotAllowed'],
    ['with an address', firstJoin({ ips: [[10, 0, 0, 7]] }), 'NamesNotAllowed'],
    ['with an address of mail', firstJoin({ names: [[0x81, 'a@example.test']] }), 'NamesNotAllowed'],
    ['with a URI', firstJoin({ names: [[0x86, 'spiffe://a']] }), 'NamesNotAllowed'],
    ['to serve', firstJoin({}, { usages: ['digital signature', 'server auth'] }), 'WrongUsages'],
    ['to serve, too', firstJoin({}, { usages: ['digital signature', 'client auth', 'server auth'] }), 'WrongUsages'],
    ['to sign certificates', firstJoin({}, { usages: ['digital signature', 'client auth', 'cert sign'] }), 'WrongUsages'],
    ['to encipher with a key that cannot', firstJoin({}, enciphering), 'WrongUsages'],
    ['without the use of clients', firstJoin({}, { usages: ['digital signature'] }), 'WrongUsages'],
    ['with a use twice', firstJoin({}, { usages: ['digital signature', 'client auth', 'client auth'] }), 'WrongUsages'],
    ['with no uses', firstJoin({}, { usages: [] }), 'WrongUsages'],
    ['for ten years', firstJoin({}, { expirationSeconds: 315_360_000 }), 'WrongLifetime'],
    ['for no time', firstJoin({}, { expirationSeconds: 0 }), 'WrongLifetime'],
    ['with RSA of 1024 bits', firstJoin({ keys: rsa(1_024) }), 'KeyRefused'],
    ['with RSA of exponent 3', firstJoin({ keys: rsa(2_048, 3) }), 'KeyRefused'],
    ['with a curve of coins', firstJoin({ keys: ec('secp256k1') }), 'KeyRefused'],
    ['signed by another key', firstJoin({ signer: ec() }), 'BadSignature'],
    ['signed with SHA-1', firstJoin({ hash: 'sha1' }), 'BadSignature'],
    ['signed with RSA for an EC key', firstJoin({ signer: rsa() }), 'BadSignature'],
    [
      'signed with parameters that EC has not',
      firstJoin({ algorithm: sequence(Buffer.from('06082a8648ce3d040302', 'hex'), Buffer.from('0500', 'hex')) }),
      'BadSignature',
    ],
    ['as an authority', firstJoin({ extensions: [['2.5.29.19', sequence(Buffer.from('0101ff', 'hex'))]] }), 'UnexpectedContent'],
    ['with a password', firstJoin({ attributes: [attribute('1.2.840.113549.1.9.7', octetString(Buffer.from('x')))] }), 'UnexpectedContent'],
    ['of version 2', firstJoin({ version: 1 }), 'MalformedRequest'],
  ])('is refused %s', (_what, facts, reason) => {
    expect(verdictOf(facts)).toBe(`refuse ${reason}`)
  })

  it('waits while the record of its claim is broken', () => {
    const node = claim({ metadata: { annotations: { 'kube-node.dev/machine': '{' } } })
    expect(verdictOf(firstJoin({}, {}, { node }))).toBe('wait RecordBroken')
  })
})

describe('what is not ours is left alone:', () => {
  const settled = (facts: RequestFacts, status: NonNullable<RequestFacts['request']['status']>): RequestFacts => ({
    ...facts,
    request: { ...facts.request, status },
  })
  it.each<[string, RequestFacts]>([
    ['approved already', settled(firstJoin(), { conditions: [{ type: 'Approved', status: 'True' }] })],
    ['denied already', settled(firstJoin(), { conditions: [{ type: 'Denied', status: 'True' }] })],
    ['failed already', settled(firstJoin(), { conditions: [{ type: 'Failed', status: 'True' }] })],
    ['issued already', settled(firstJoin(), { certificate: 'eA==' })],
    ['another signer', firstJoin({}, { signerName: 'kubernetes.io/kube-apiserver-client' })],
    ['a token that wants to serve', firstJoin({}, { signerName: servingSigner, usages: ['digital signature', 'server auth'] })],
    ["a person's", firstJoin({}, { username: 'jane', groups: ['system:bootstrappers:kube-node', 'system:nodes', 'system:masters'] })],
    ["a token's of another group", firstJoin({}, { groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'] })],
    ['a name that only looks like a token', firstJoin({}, { username: 'system:bootstrap:abc123x' })],
    ["a user's that only looks like a node", renewal({}, { groups: ['system:authenticated'] })],
    ['a node without a name', renewal({}, { username: 'system:node:' })],
    ['a node that there is not', renewal({}, {}, { node: undefined })],
    ['a node that is nobody’s claim', renewal({}, {}, { node: claim({ metadata: { annotations: {} } }) })],
    ['a node that was let go', renewal({}, {}, { node: claim({ metadata: { finalizers: [] } }) })],
    ["another controller's claim", firstJoin({}, {}, { controller: 'example.test/other' })],
    ["another controller's node", renewal({}, {}, { controller: 'example.test/other' })],
    [
      'an empty request of nobody',
      {
        request: csr({ signerName: clientSigner }),
        now,
        controller: record.controller,
        token: undefined,
        node: undefined,
        machine: undefined,
        dictated: undefined,
      },
    ],
  ])('%s', (_what, facts) => {
    expect(judge(facts)).toEqual({ verdict: 'not ours' })
  })
})

describe('messages', () => {
  it('quote little of what others wrote, and no control characters', () => {
    const forgery: Forgery = { commonName: `system:node:${'x'.repeat(5_000)}` }
    const verdict = judge(firstJoin(forgery))
    expect(verdict).toMatchObject({ verdict: 'refuse', reason: 'WrongSubject' })
    expect('message' in verdict && verdict.message.length < 200).toBe(true)
    const coloured = judge(firstJoin({ organizations: ['\u001b[31msystem:nodes'] }))
    expect('message' in coloured && [...coloured.message].every(c => c >= ' ')).toBe(true)
  })

  it('never hold the secret of a token', () => {
    for (const facts of [firstJoin(), firstJoin({}, {}, { now: token.expiresAt }), firstJoin({ signer: ec() })]) {
      const { bind: _, ...said } = { bind: undefined, ...judge(facts) }
      expect(JSON.stringify(said)).not.toContain(token.secret)
    }
  })
})
