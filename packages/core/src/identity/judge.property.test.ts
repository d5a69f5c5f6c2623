import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oids, sequence } from '../x509/index.ts'
import { claim, firstJoin, machine, renewal, serving, token } from './facts.fixture.ts'
import { type RequestFacts, judge } from './judge.ts'
import { type Forgery, attribute, csr, ec, ed25519, forge, pemOf, requestOf, rsa } from './request.fixture.ts'

type Spec = Partial<RequestFacts['request']['spec']>
/** One thing that is wrong. */
type Flaw = readonly [forgery: Forgery, spec?: Spec, facts?: Partial<RequestFacts>]

const [keys, otherKeys] = [ec(), ec()]
const shapes = { firstJoin, renewal, serving } as const
type Shape = keyof typeof shapes

/** Wrong in any request. */
const flaws: readonly Flaw[] = [
  [{ commonName: 'system:node:b' }],
  [{ commonName: 'system:node:' }],
  [{ commonName: 'kubernetes-admin' }],
  [{ organizations: ['system:masters'] }],
  [{ organizations: ['system:nodes', 'system:masters'] }],
  [{ organizations: [] }],
  [{ signer: otherKeys }],
  [{ keys: rsa(1_024) }],
  [{ keys: ec('secp256k1') }],
  [{ hash: 'sha1' }],
  [{ version: 1 }],
  [{ dns: ['*.example'] }],
  [{ dns: ['kubernetes.default.svc'] }],
  [{ dns: ['b'] }],
  [{ ips: [[10, 0, 0, 8]] }],
  [{ names: [[0x86, 'spiffe://a']] }],
  [{ extensions: [['2.5.29.19', sequence(Buffer.from('0101ff', 'hex'))]] }],
  [{ attributes: [attribute('1.2.840.113549.1.9.7', Buffer.from('130178', 'hex'))] }],
  [{ attributes: [attribute(oids.extensionRequest, sequence())] }],
  [{}, { usages: ['digital signature', 'client auth', 'server auth'] }],
  [{}, { usages: ['digital signature', 'cert sign'] }],
  [{}, { usages: [] }],
  [{}, { expirationSeconds: 10 ** 9 }],
  [{}, { signerName: 'kubernetes.io/kube-apiserver-client' }],
  [{}, { signerName: 'example.test/signer' }],
  [{}, { username: 'system:node:b' }],
  [{}, { username: 'jane' }],
  [{}, { groups: ['system:authenticated'] }],
  [{}, {}, { node: undefined }],
  [{}, {}, { node: claim({ metadata: { finalizers: [] } }) }],
  [{}, {}, { controller: 'example.test/other' }],
]
/** Wrong in a request of that shape. */
const own: Readonly<Record<Shape, readonly Flaw[]>> = {
  firstJoin: [
    [{}, {}, { token: undefined }],
    [{}, {}, { token: { ...token, expiresAt: 0 } }],
    [{}, {}, { token: { ...token, isDeleting: true } }],
    [{}, {}, { token: { ...token, claim: 'uid-b', nodeName: 'b' } }],
    [{}, {}, { token: { ...token, attempt: 2 } }],
    [{}, {}, { token: { ...token, approvedKey: '00' } }],
    [{}, {}, { node: claim({ metadata: { uid: 'uid-b' } }) }],
    [{}, {}, { node: claim({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }) }],
    [{}, {}, { node: claim({ record: { token: 'def456' } }) }],
  ],
  renewal: [],
  serving: [
    [{}, {}, { machine: undefined }],
    [{}, {}, { machine: { ...machine, addresses: [] } }],
    [{}, {}, { machine: { ...machine, id: 'm-2' } }],
    [{}, {}, { machine: { ...machine, addresses: [{ type: 'InternalIP', address: '10.0.0.9' }] } }],
    [{ dns: [], ips: [] }],
  ],
}

const anyShape = fc.constantFrom<Shape>('firstJoin', 'renewal', 'serving')
const flawed = anyShape.chain(shape =>
  fc.record({
    shape: fc.constant(shape),
    flaws: fc.subarray([...flaws, ...own[shape]], { minLength: 1, maxLength: 4 }),
  }),
)

describe('Nothing wrong is ever approved:', () => {
  it('the requests that are made wrong below are approved without it', () => {
    for (const shape of Object.values(shapes)) expect(judge(shape({ keys })).verdict).toBe('approve')
  })

  it.each(Object.keys(shapes) as Shape[])('a %s with any one flaw', shape => {
    const approved = [...flaws, ...own[shape]].filter(
      ([forgery, spec, facts]) => judge(shapes[shape]({ keys, ...forgery }, spec, facts)).verdict === 'approve',
    )
    expect(approved).toEqual([])
  })

  it('a request with some of them', () => {
    fc.assert(
      fc.property(flawed, ({ shape, flaws: chosen }) => {
        const forgery = Object.assign({ keys }, ...chosen.map(flaw => flaw[0])) as Forgery
        const spec = Object.assign({}, ...chosen.map(flaw => flaw[1] ?? {})) as Spec
        const facts = Object.assign({}, ...chosen.map(flaw => flaw[2] ?? {})) as Partial<RequestFacts>
        expect(judge(shapes[shape](forgery, spec, facts)).verdict).not.toBe('approve')
      }),
      { numRuns: 400 },
    )
  })

  it.each([
    ['EC', keys],
    ['RSA', rsa()],
    ['Ed25519', ed25519()],
  ] as const)('a request with an %s key of which somebody has changed octets', (_kind, keys) => {
    const good = forge({ keys })
    const change = fc.record({ at: fc.nat(good.length - 1), xor: fc.integer({ min: 1, max: 255 }) })
    fc.assert(
      fc.property(fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: ({ at }) => at }), changes => {
        const bytes = Buffer.from(good)
        for (const { at, xor } of changes) bytes[at] = (bytes[at] ?? 0) ^ xor
        expect(judge(firstJoin({}, { request: requestOf(bytes) })).verdict).toBe('refuse')
      }),
      { numRuns: 300 },
    )
  })

  it('a request of which somebody has cut out, doubled or put in octets', () => {
    const good = forge({ keys })
    const cut = fc.tuple(fc.nat(good.length), fc.nat(good.length), fc.uint8Array({ maxLength: 8 }))
    fc.assert(
      fc.property(cut, ([from, to, put]) => {
        const bytes = Buffer.concat([good.subarray(0, from), put, good.subarray(to)])
        fc.pre(!bytes.equals(good))
        expect(judge(firstJoin({}, { request: requestOf(bytes) })).verdict).toBe('refuse')
      }),
      { numRuns: 300 },
    )
  })

  it('whatever text stands there, it is judged and not thrown at', () => {
    const pem = pemOf(forge({ keys }))
    const texts = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 400 }).map(bytes => pemOf(Buffer.from(bytes))),
      fc.tuple(fc.nat(pem.length), fc.string({ minLength: 1 })).map(([at, put]) => pem.slice(0, at) + put.trim() + pem.slice(at)),
    )
    const others = fc.oneof(fc.constant(undefined), fc.string(), fc.constantFrom('system:bootstrap:abc123', 'system:node:a'))
    fc.assert(
      fc.property(texts, others, (text, username) => {
        const request = Buffer.from(text).toString('base64')
        const facts = { ...firstJoin({ keys }), request: csr({ request, ...(username === undefined ? {} : { username }) }) }
        expect(judge(facts).verdict).not.toBe('approve')
        const trusted = judge(firstJoin({}, { request })).verdict
        expect(trusted === 'approve' ? text.replaceAll(/\s/g, '') : '').toBe(trusted === 'approve' ? pem.replaceAll(/\s/g, '') : '')
      }),
      { numRuns: 300 },
    )
  })
})
