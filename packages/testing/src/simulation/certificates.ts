import { X509Certificate } from 'node:crypto'
import type { CertificateSigningRequest } from '@kube-node/core/api'

/** Whose requests the API server takes them for. */
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

/** What a kubelet has certificates for: that the API server knows it, and that it knows whoever calls itself a kubelet. */
export const purposes = ['client', 'serving'] as const
export type Purpose = (typeof purposes)[number]

/** Times in milliseconds since the epoch. */
export interface Certificate {
  readonly identity: Identity
  /** When a kubelet asks for another one. */
  renewAt: number
  readonly expiresAt: number
}

/** The API server takes nothing below. */
export const shortestLifeSeconds = 600

const signers: Readonly<Record<Purpose, string>> = {
  client: 'kubernetes.io/kube-apiserver-client-kubelet',
  serving: 'kubernetes.io/kubelet-serving',
}

export const requestOf = (purpose: Purpose, request: string, expirationSeconds: number): CertificateSigningRequest['spec'] => ({
  signerName: signers[purpose],
  usages: ['digital signature', purpose === 'client' ? 'client auth' : 'server auth'],
  request,
  expirationSeconds,
})

/** For whom and until when the request was signed; undefined while nobody has. `draw` in [0, 1) chooses when it is renewed. */
export const certificateIn = ({ status }: CertificateSigningRequest, draw: number): Certificate | undefined => {
  if ((status?.certificate ?? '') === '') return undefined
  const { subject, validFrom, validTo } = new X509Certificate(Buffer.from(status?.certificate ?? '', 'base64'))
  const parts = subject.split('\n')
  const of = (key: string): readonly string[] => parts.flatMap(part => (part.startsWith(`${key}=`) ? [part.slice(key.length + 1)] : []))
  const [from, expiresAt] = [Date.parse(validFrom), Date.parse(validTo)]
  return {
    identity: { user: of('CN')[0] ?? '', groups: [...of('O'), 'system:authenticated'] },
    // client-go: somewhere between 70 and 90 % of all the time that it is good.
    renewAt: from + (expiresAt - from) * (0.7 + 0.2 * draw),
    expiresAt,
  }
}

export const isGood = (certificate: Certificate | undefined, wall: number): boolean =>
  certificate !== undefined && wall < certificate.expiresAt
