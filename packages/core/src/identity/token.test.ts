import { describe, expect, it } from 'vitest'
import type { Secret } from '../api/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { type NewToken, isOwnedBy, newTokenId, newTokenSecret, secretOf, tokenIn, tokenText } from './token.ts'

const at = Date.parse('2026-01-01T00:15:00Z')
const wanted: NewToken = {
  id: 'abc123',
  secret: '0123456789abcdef',
  claim: 'uid-1',
  nodeName: 'a',
  attempt: 2,
  document: Buffer.from([0, 255, 10, 13]),
  expiresAt: at,
  controller: 'kube-node.dev/controller',
  joins: 'kubelet',
}
const stored = (secret: Secret = secretOf(wanted)): Secret => ({
  ...secret,
  metadata: { ...secret.metadata, uid: 'u', resourceVersion: '7' },
})
const text = (secret: Secret, key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString()

describe('a bootstrap token', () => {
  it('has an id and a secret as kube-apiserver wants them, never the same twice', () => {
    const runtime = manualRuntime()
    const ids = Array.from({ length: 500 }, () => newTokenId(runtime))
    const secrets = Array.from({ length: 500 }, () => newTokenSecret(runtime))
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{6}$/)
    for (const secret of secrets) expect(secret).toMatch(/^[a-z0-9]{16}$/)
    expect(new Set(ids).size).toBe(500)
    expect(new Set(secrets).size).toBe(500)
    expect(tokenText(wanted)).toBe('abc123.0123456789abcdef')
  })

  it('is a Secret that lets in, signs for kubeadm alone, and belongs to nobody whom the garbage collector could follow', () => {
    const secret = secretOf(wanted)
    expect(secret).toMatchObject({
      type: 'bootstrap.kubernetes.io/token',
      metadata: { name: 'bootstrap-token-abc123', namespace: 'kube-system' },
    })
    expect(secret.metadata).not.toHaveProperty('ownerReferences')
    expect(secret.metadata).not.toHaveProperty('finalizers')
    expect(text(secret, 'expiration')).toBe('2026-01-01T00:15:00Z')
    expect(text(secret, 'auth-extra-groups')).toBe('system:bootstrappers:kube-node')
    expect(text(secret, 'usage-bootstrap-authentication')).toBe('true')
    expect(secret.data).not.toHaveProperty('usage-bootstrap-signing')
    expect(text(secretOf({ ...wanted, joins: 'kubeadm' }), 'usage-bootstrap-signing')).toBe('true')
    expect(secretOf({ ...wanted, joins: 'none' }).data).not.toHaveProperty('usage-bootstrap-authentication')
  })

  it('comes back as it was written, its document to the last byte', () => {
    const { joins: _, ...token } = wanted
    expect(tokenIn(stored())).toEqual({ ...token, admits: true, isDeleting: false, uid: 'u', resourceVersion: '7' })
  })

  it('of a recovery says of which, and comes back so', () => {
    const again = { ...wanted, recovery: 3 }
    expect(secretOf(again).metadata?.annotations).toMatchObject({ 'kube-node.dev/attempt': '2', 'kube-node.dev/recovery': '3' })
    const token = tokenIn(stored(secretOf(again)))
    expect(token).toMatchObject({ attempt: 2, recovery: 3 })
    expect(token && [isOwnedBy(token, again), isOwnedBy(token, wanted), isOwnedBy(token, { ...again, recovery: 2 })]).toEqual([
      true,
      false,
      false,
    ])
  })

  it.each<[string, (secret: Secret) => Secret]>([
    [
      'a recovery that is no number',
      secret => ({
        ...secret,
        metadata: { ...secret.metadata, annotations: { ...secret.metadata?.annotations, 'kube-node.dev/recovery': 'x' } },
      }),
    ],
    ['another type', secret => ({ ...secret, type: 'Opaque' })],
    ['another name', secret => ({ ...secret, metadata: { ...secret.metadata, name: 'bootstrap-token-xxxxxx' } })],
    ['another namespace', secret => ({ ...secret, metadata: { ...secret.metadata, namespace: 'default' } })],
    ['no annotations, as kubeadm makes them', secret => ({ ...secret, metadata: { ...secret.metadata, annotations: {} } })],
    ['no expiration', secret => ({ ...secret, data: { ...secret.data, expiration: '' } })],
    ['no document', ({ data: { document: _, ...data } = {}, ...secret }) => ({ ...secret, data })],
    ['half a secret', secret => ({ ...secret, data: { ...secret.data, 'token-secret': Buffer.from('0123').toString('base64') } })],
    ['no data', ({ data: _, ...secret }) => secret],
  ])('is none with %s', (_what, change) => {
    expect(tokenIn(change(stored()))).toBeUndefined()
  })
})
