import { createPublicKey, verify } from 'node:crypto'
import { type Der, childrenOf, oidText, partsOf, readDer, tags } from './der.ts'

/** A certificate request (PKCS #10), read. */
export interface CertificateRequest {
  /** The subject as it stands in the request. */
  readonly subject: Buffer
  readonly commonName: string
  readonly organizations: readonly string[]
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
  readonly names: AlternativeNames
  /** The extension's value as it stands in the request. */
  readonly rawNames: Buffer | undefined
  /** Did the owner of the key sign it? */
  readonly isSigned: boolean
}

export interface AlternativeNames {
  readonly dns: readonly string[]
  readonly ips: readonly Buffer[]
  readonly emails: readonly string[]
  readonly uris: readonly string[]
}

const oids = { commonName: '2.5.4.3', organization: '2.5.4.10', extensionRequest: '1.2.840.113549.1.9.14', alternativeNames: '2.5.29.17' }

const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
}

/** @throws RangeError when it is no request. */
export const parseCertificateRequest = (pem: string): CertificateRequest => {
  const [, base64] = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END CERTIFICATE REQUEST-----/.exec(pem) ?? []
  if (base64 === undefined) throw new RangeError('PEM block type must be CERTIFICATE REQUEST')
  const [info, algorithm, signature] = partsOf(readDer(Buffer.from(base64, 'base64')), 3)
  const [, subject, key, attributes] = partsOf(info, 3)
  if (info === undefined || subject === undefined || key === undefined || signature === undefined)
    throw new RangeError('sequence truncated')
  const rawNames = attributes === undefined ? undefined : extensionIn(attributes, oids.alternativeNames)
  return {
    subject: subject.whole,
    commonName: attribute(subject, oids.commonName).at(-1) ?? '',
    organizations: attribute(subject, oids.organization),
    publicKey: key.whole,
    names: namesIn(rawNames),
    rawNames,
    isSigned: isSigned(info, algorithm, signature, key),
  }
}

const attribute = (name: Der, wanted: string): readonly string[] =>
  partsOf(name, 0).flatMap(set =>
    childrenOf(set).flatMap(pair => {
      const [type, value] = partsOf(pair, 2)
      return type !== undefined && value !== undefined && oidText(type) === wanted ? [value.content.toString('utf8')] : []
    }),
  )

const extensionIn = (attributes: Der, wanted: string): Buffer | undefined => {
  for (const one of childrenOf(attributes)) {
    const [type, values] = partsOf(one, 2)
    if (type === undefined || values === undefined || oidText(type) !== oids.extensionRequest) continue
    for (const extension of partsOf(childrenOf(values)[0], 0)) {
      const parts = partsOf(extension, 2)
      const [id] = parts
      if (id !== undefined && oidText(id) === wanted) return parts.at(-1)?.content
    }
  }
  return undefined
}

const kinds = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const

const namesIn = (raw: Buffer | undefined): AlternativeNames => {
  const names = raw === undefined ? [] : partsOf(readDer(raw), 0)
  const of = (kind: number): readonly Buffer[] => names.filter(({ tag }) => tag === kind).map(({ content }) => content)
  const texts = (kind: number): readonly string[] => of(kind).map(bytes => bytes.toString('latin1'))
  return { dns: texts(kinds.dns), ips: of(kinds.ip), emails: texts(kinds.email), uris: texts(kinds.uri) }
}

const isSigned = (info: Der, algorithm: Der | undefined, signature: Der, key: Der): boolean => {
  const [id] = partsOf(algorithm, 1)
  const hash = id === undefined ? undefined : hashes[oidText(id)]
  if (hash === undefined || signature.tag !== tags.bitString) return false
  try {
    return verify(hash, info.whole, createPublicKey({ key: key.whole, format: 'der', type: 'spki' }), signature.content.subarray(1))
  } catch (error) {
    // OpenSSL's complaint about a key that is none: then nobody has signed with it.
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
