import { type KeyObject, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Runtime } from '@kube-node/core/runtime'
import { bitString, der, octetString, oid, sequence, tags, time, unsigned, yes } from '@kube-node/core/x509'
import type { CertificateRequest } from './request.ts'

/** Signs certificates, and can be checked by its own. */
export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string
  /** PEM of a certificate for what was requested. Times in milliseconds since the epoch. */
  sign(request: CertificateRequest, usages: readonly string[], notBefore: number, notAfter: number): string
}

/** Ed25519 signs without chance: the same seed, the same certificates. RSA and EC keys of clients are as welcome. */
const algorithm = sequence(oid('1.3.101.112'))
const privateKeyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const yearMs = 365 * 24 * 60 * 60_000

const keyUsageBits: Readonly<Record<string, number>> = {
  'digital signature': 0x80,
  signing: 0x80,
  'content commitment': 0x40,
  'key encipherment': 0x20,
  'data encipherment': 0x10,
  'key agreement': 0x08,
}
const extendedUsages: Readonly<Record<string, string>> = {
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
}

/** A new authority, with a key drawn from the runtime. */
export const createAuthority = (runtime: Runtime): CertificateAuthority => {
  const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => Math.floor(runtime.random() * 256)))
  const key = createPrivateKey({ key: Buffer.concat([privateKeyPrefix, bytes(32)]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const keyId = createHash('sha256').update(publicKey).digest().subarray(0, 20)
  const name = nameOf('kube-node embedded API server')
  const serial = (): Buffer => Buffer.concat([Buffer.from([0x40]), bytes(15)])
  const now = runtime.clock.now()
  const own = [
    extension('2.5.29.15', bitString(Buffer.from([0x84]), 2), true),
    extension('2.5.29.19', sequence(yes), true),
    extension('2.5.29.14', octetString(keyId)),
  ]
  const certificate = certificateOf(key, {
    serial: serial(),
    issuer: name,
    subject: name,
    publicKey,
    extensions: own,
    notBefore: now - 300_000,
    notAfter: now + 10 * yearMs,
  })
  return {
    certificate,
    sign: (request, usages, notBefore, notAfter) =>
      certificateOf(key, {
        serial: serial(),
        issuer: name,
        subject: request.subject,
        publicKey: request.publicKey,
        notBefore,
        notAfter,
        extensions: [
          ...usageExtensions(usages),
          extension('2.5.29.19', sequence(), true),
          extension('2.5.29.35', sequence(der(0x80, keyId))),
          ...(request.rawNames === undefined ? [] : [extension('2.5.29.17', request.rawNames)]),
        ],
      }),
  }
}

const nameOf = (commonName: string): Buffer => sequence(der(tags.set, sequence(oid('2.5.4.3'), der(tags.utf8, Buffer.from(commonName)))))

const extension = (id: string, value: Buffer, critical = false): Buffer => sequence(oid(id), ...(critical ? [yes] : []), octetString(value))

const usageExtensions = (usages: readonly string[]): readonly Buffer[] => {
  const bits = usages.reduce((sum, usage) => sum | (keyUsageBits[usage] ?? 0), 0)
  const unused = bits === 0 ? 0 : 31 - Math.clz32(bits & -bits)
  const extended = usages.flatMap(usage => extendedUsages[usage] ?? [])
  return [
    ...(bits === 0 ? [] : [extension('2.5.29.15', bitString(Buffer.from([bits]), unused), true)]),
    ...(extended.length === 0 ? [] : [extension('2.5.29.37', sequence(...extended.map(oid)))]),
  ]
}

interface Content {
  readonly serial: Buffer
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly publicKey: Buffer
  readonly notBefore: number
  readonly notAfter: number
  readonly extensions: readonly Buffer[]
}

const certificateOf = (key: KeyObject, content: Content): string => {
  const { extensions, issuer, notAfter, notBefore, publicKey, serial, subject } = content
  const version3 = der(0xa0, unsigned(Buffer.from([2])))
  const validity = sequence(time(notBefore), time(notAfter))
  const parts = [version3, unsigned(serial), algorithm, issuer, validity, subject, publicKey, der(0xa3, sequence(...extensions))]
  const signed = sequence(...parts)
  const whole = sequence(signed, algorithm, bitString(sign(null, signed, key)))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
