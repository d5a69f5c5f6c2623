import { type Der, childrenOf, contentOf, octetsOf, oidText, partsOf, readDer, tags } from './der.ts'

/** A certificate request (PKCS #10, RFC 2986), taken apart and not yet judged. */
export interface CertificateRequest {
  /** The subject as it stands in the request. */
  readonly subject: Buffer
  /** Its relative names in order; each may consist of several attributes. */
  readonly names: readonly (readonly NameAttribute[])[]
  /** SubjectPublicKeyInfo as it stands in the request. */
  readonly publicKey: Buffer
  readonly attributes: readonly { readonly type: string; readonly values: readonly Der[] }[]
  readonly algorithm: { readonly id: string; readonly parameters: Der | undefined }
  /** What the signature was made over. */
  readonly signed: Buffer
  readonly signature: Buffer
}

export interface NameAttribute {
  /** OID: `2.5.4.3` is the common name. */
  readonly type: string
  /** How its text is spelled: UTF8String, PrintableString and older ones. */
  readonly tag: number
  readonly value: Buffer
}

export interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Buffer
}

export const oids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  extensionRequest: '1.2.840.113549.1.9.14',
  alternativeNames: '2.5.29.17',
} as const

/** Tags of the names in a SubjectAltName that certificates of servers have; there are others. */
export const nameKinds = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const

/** [0] IMPLICIT, constructed. */
const attributesTag = 0xa0

/** Reads DER without its PEM. @throws RangeError for anything that is not exactly one request, with what is wrong. */
export const readRequest = (bytes: Buffer): CertificateRequest => {
  const [info, algorithm, signature] = partsOf(readDer(bytes), tags.sequence, 3, 3)
  const [version, subject, key, attributes] = partsOf(info, tags.sequence, 4, 4)
  if (!contentOf(version, tags.integer).equals(Buffer.from([0]))) throw new RangeError('a version that is not 1')
  const [id, parameters] = partsOf(algorithm, tags.sequence, 1, 2)
  partsOf(key, tags.sequence, 2, 2)
  return {
    subject: subject?.whole ?? Buffer.alloc(0),
    names: partsOf(subject, tags.sequence, 0).map(relative => partsOf(relative, tags.set, 1).map(nameAttribute)),
    publicKey: key?.whole ?? Buffer.alloc(0),
    attributes: partsOf(attributes, attributesTag, 0).map(one => {
      const [type, values] = partsOf(one, tags.sequence, 2, 2)
      return { type: oidText(type), values: partsOf(values, tags.set, 0) }
    }),
    algorithm: { id: oidText(id), parameters },
    signed: info?.whole ?? Buffer.alloc(0),
    signature: octetsOf(signature),
  }
}

const nameAttribute = (pair: Der): NameAttribute => {
  const [type, value] = partsOf(pair, tags.sequence, 2, 2)
  return { type: oidText(type), tag: value?.tag ?? 0, value: value?.content ?? Buffer.alloc(0) }
}

/** What the value of an extensionRequest asks for. @throws RangeError */
export const readExtensions = (value: Der | undefined): readonly Extension[] =>
  partsOf(value, tags.sequence, 0).map(one => {
    const parts = partsOf(one, tags.sequence, 2, 3)
    const critical = parts.length === 3
    // FALSE is the default, and DER leaves defaults out.
    if (critical && !contentOf(parts[1], tags.boolean).equals(Buffer.from([0xff]))) throw new RangeError('a boolean that is not TRUE')
    return { id: oidText(parts[0]), critical, value: contentOf(parts.at(-1), tags.octetString) }
  })

/** The names in a SubjectAltName's value: their tags say of what kind they are. @throws RangeError */
export const readAlternativeNames = (value: Buffer): readonly Der[] => {
  const names = readDer(value)
  if (names.tag !== tags.sequence) throw new RangeError('alternative names that are no sequence')
  return childrenOf(names)
}
