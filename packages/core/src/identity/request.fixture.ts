import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto'
import type { CertificateSigningRequest } from '../api/index.ts'
import { bitString, der, octetString, oid, oids, sequence, tags } from '../x509/index.ts'

export interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export const ec = (namedCurve = 'P-256'): Keys => generateKeyPairSync('ec', { namedCurve })
export const rsa = (modulusLength = 2_048, publicExponent = 65_537): Keys => generateKeyPairSync('rsa', { modulusLength, publicExponent })
export const ed25519 = (): Keys => generateKeyPairSync('ed25519')

/** Everything of a request that a forger may choose. What is left out is as a kubelet has it. */
export interface Forgery {
  readonly commonName?: string
  readonly organizations?: readonly string[]
  /** In place of the whole subject: lists of attributes that stand together. */
  readonly subject?: readonly (readonly (readonly [type: string, text: string, tag?: number])[])[]
  readonly dns?: readonly string[]
  /** As octets. */
  readonly ips?: readonly (readonly number[])[]
  /** More of alternative names, by tag. */
  readonly names?: readonly (readonly [tag: number, text: string])[]
  /** More extensions, by OID. */
  readonly extensions?: readonly (readonly [id: string, value: Buffer])[]
  /** More attributes. */
  readonly attributes?: readonly Buffer[]
  readonly version?: number
  readonly keys?: Keys
  /** Signs in place of the key that is certified. */
  readonly signer?: Keys
  readonly hash?: 'sha1' | 'sha256' | 'sha512'
  /** Of the signature, where it is not the one that fits. */
  readonly algorithm?: Buffer
}

const algorithms: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  rsa: { sha1: '1.2.840.113549.1.1.5', sha256: '1.2.840.113549.1.1.11', sha512: '1.2.840.113549.1.1.13' },
  ec: { sha1: '1.2.840.10045.4.1', sha256: '1.2.840.10045.4.3.2', sha512: '1.2.840.10045.4.3.4' },
  ed25519: { sha256: '1.3.101.112', sha512: '1.3.101.112' },
}
const nothing = der(tags.null)
export const attribute = (id: string, ...values: readonly Buffer[]): Buffer => sequence(oid(id), der(tags.set, ...values))
export const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), octetString(value))
export const alternativeNames = (...names: readonly (readonly [tag: number, text: string])[]): Buffer =>
  sequence(...names.map(([tag, text]) => der(tag, Buffer.from(text))))

/** The DER of a request. */
export const forge = (story: Forgery = {}): Buffer => {
  const { commonName = 'system:node:a', organizations = ['system:nodes'], keys = ec(), hash = 'sha256' } = story
  const subject = story.subject ?? [...organizations.map(text => [[oids.organization, text] as const]), [[oids.commonName, commonName]]]
  const relatives = subject.map(relative =>
    der(tags.set, ...relative.map(([type, text, tag = tags.utf8]) => sequence(oid(type), der(tag, Buffer.from(text))))),
  )
  const ips = (story.ips ?? []).map(octets => der(0x87, Buffer.from(octets)))
  const names = [...(story.dns ?? []).map(text => [0x82, text] as const), ...(story.names ?? [])]
  const san = sequence(...names.map(([tag, text]) => der(tag, Buffer.from(text))), ...ips)
  const extensions = [
    ...(names.length + ips.length === 0 ? [] : [extension(oids.alternativeNames, san)]),
    ...(story.extensions ?? []).map(([id, value]) => extension(id, value)),
  ]
  const attributes = [
    ...(extensions.length === 0 ? [] : [attribute(oids.extensionRequest, sequence(...extensions))]),
    ...(story.attributes ?? []),
  ]
  const version = der(tags.integer, Buffer.from([story.version ?? 0]))
  const info = sequence(version, sequence(...relatives), keys.publicKey.export({ format: 'der', type: 'spki' }), der(0xa0, ...attributes))
  const { privateKey } = story.signer ?? keys
  const kind = privateKey.asymmetricKeyType ?? ''
  const fitting = sequence(oid(algorithms[kind]?.[hash] ?? ''), ...(kind === 'rsa' ? [nothing] : []))
  return sequence(info, story.algorithm ?? fitting, bitString(sign(kind === 'ed25519' ? null : hash, info, privateKey)))
}

export const pemOf = (bytes: Buffer, label = 'CERTIFICATE REQUEST'): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** As `spec.request` holds it. */
export const requestOf = (bytes: Buffer): string => Buffer.from(pemOf(bytes)).toString('base64')

export const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
export const servingSigner = 'kubernetes.io/kubelet-serving'

/** A request as the API server keeps it. */
export const csr = (spec: Partial<CertificateSigningRequest['spec']>): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'csr-1', uid: 'csr-uid', resourceVersion: '5' },
  spec: { request: '', signerName: clientSigner, usages: ['digital signature', 'client auth'], ...spec },
})
