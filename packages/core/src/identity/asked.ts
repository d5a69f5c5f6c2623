import { createHash } from 'node:crypto'
import type { CertificateSigningRequest } from '../api/index.ts'
import {
  type CertificateRequest,
  isSigned,
  nameKinds,
  oids,
  readAlternativeNames,
  readExtensions,
  readRequest,
  tags,
} from '../x509/index.ts'
import { ipOf } from './addresses.ts'
import { type KeyKind, keyKindOf } from './key.ts'
import { type Refused, quote, refuse } from './verdict.ts'

/** What a kubelet's request asks for, read without doubt: every part of it was understood. */
export interface Asked {
  readonly verdict?: undefined
  readonly commonName: string
  readonly keyKind: KeyKind
  /** SHA-256 of the SubjectPublicKeyInfo, in hex. */
  readonly key: string
  readonly dns: readonly string[]
  /** As `ipOf` spells them. */
  readonly ips: readonly string[]
}

/** A kubelet's request has less than 2 KiB; one with an RSA key of 8192 bits and a dozen names less than 8. */
const longestRequest = 32_768

/** Kubelets write just this; what surrounds a block, or stands in its head, another reader might take for something. */
const onlyBlock = /^-----BEGIN CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE REQUEST-----\s*$/

/**
 * Reads the PKCS #10 of a request more strictly than kube-apiserver and the signer do: what one of them would pass over, is a refusal.
 * Whatever the bytes are, it answers and never throws.
 */
export const readAsked = ({ request }: CertificateSigningRequest['spec']): Asked | Refused => {
  try {
    const bytes = bytesOf(request)
    return bytes === undefined ? malformed('it is not exactly one PEM block CERTIFICATE REQUEST') : understand(readRequest(bytes))
  } catch (error) {
    return malformed(error instanceof Error ? error.message : String(error))
  }
}

const malformed = (what: string): Refused => refuse('MalformedRequest', `the request cannot be read: ${what}`)

const bytesOf = (request: string): Buffer | undefined => {
  if (request.length > longestRequest) return undefined
  const [, body] = onlyBlock.exec(Buffer.from(request, 'base64').toString('latin1')) ?? []
  const base64 = body?.replaceAll(/[\r\n]/g, '') ?? ''
  const bytes = Buffer.from(base64, 'base64')
  return base64 !== '' && bytes.toString('base64') === base64 ? bytes : undefined
}

const understand = (request: CertificateRequest): Asked | Refused => {
  const commonName = commonNameOf(request)
  if (typeof commonName !== 'string') return commonName
  const names = namesOf(request)
  if ('verdict' in names) return names
  const key = keyKindOf(request)
  if ('problem' in key) return refuse('KeyRefused', key.problem)
  if (!isSigned(request)) return refuse('BadSignature', 'the request is not signed by the key that it is for')
  return {
    commonName,
    keyKind: key.kind,
    key: createHash('sha256').update(request.publicKey).digest('hex'),
    ...names,
  }
}

const nodes = Buffer.from('system:nodes')

/** The subject is one O and one CN, each on its own, each spelled as Go spells it: nothing is left to interpretation. */
const commonNameOf = ({ names }: CertificateRequest): string | Refused => {
  const attributes = names.flatMap(relative => (relative.length === 1 ? relative : []))
  const of = (type: string): typeof attributes => attributes.filter(attribute => attribute.type === type)
  const [[organization], [name]] = [of(oids.organization), of(oids.commonName)]
  const isSimple = names.length === 2 && attributes.length === 2 && attributes.every(isText)
  if (!isSimple || organization === undefined || name === undefined)
    return refuse('WrongSubject', 'the subject is not exactly one organization and one common name')
  if (!organization.value.equals(nodes))
    return refuse('WrongSubject', `the organization is ${quote(organization.value.toString())} and not system:nodes`)
  return name.value.toString('latin1')
}

const isText = ({ tag, value }: { readonly tag: number; readonly value: Buffer }): boolean =>
  (tag === tags.utf8 || tag === tags.printable) && isAscii(value)

const isAscii = (value: Buffer): boolean => value.every(octet => octet > 0x20 && octet < 0x7f)

type Names = Pick<Asked, 'dns' | 'ips'>

/** Of extensions a kubelet asks for names alone, and for them once. */
const namesOf = ({ attributes }: CertificateRequest): Names | Refused => {
  if (attributes.length === 0) return { dns: [], ips: [] }
  const [attribute, ...more] = attributes
  if (attribute === undefined || more.length > 0 || attribute.type !== oids.extensionRequest || attribute.values.length !== 1)
    return refuse('UnexpectedContent', 'the request has attributes other than one list of extensions')
  const [extension, ...others] = readExtensions(attribute.values[0])
  if (extension === undefined || others.length > 0 || extension.id !== oids.alternativeNames)
    return refuse('UnexpectedContent', 'the request asks for extensions other than names')
  const names = readAlternativeNames(extension.value)
  if (names.length === 0) return refuse('UnexpectedContent', 'the request has an empty list of names')
  const dns: string[] = []
  const ips: string[] = []
  for (const { tag, content } of names) {
    const ip = tag === nameKinds.ip ? ipOf(content) : undefined
    if (ip !== undefined) ips.push(ip)
    else if (tag === nameKinds.dns && isAscii(content) && content.length > 0) dns.push(content.toString('latin1'))
    else return refuse('NamesNotAllowed', 'the request names something else than hosts and addresses')
  }
  return { dns, ips }
}
