import { isSigned, nameKinds, oids, readAlternativeNames, readExtensions, readRequest } from '@kube-node/core/x509'

/** A certificate request (PKCS #10), read as kube-apiserver and kube-controller-manager read it. */
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

/** @throws RangeError when it is no request. */
export const parseCertificateRequest = (pem: string): CertificateRequest => {
  const [, base64] = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END CERTIFICATE REQUEST-----/.exec(pem) ?? []
  if (base64 === undefined) throw new RangeError('PEM block type must be CERTIFICATE REQUEST')
  const request = readRequest(Buffer.from(base64, 'base64'))
  const extensions = request.attributes
    .filter(({ type }) => type === oids.extensionRequest)
    .flatMap(({ values }) => readExtensions(values[0]))
  const rawNames = extensions.find(({ id }) => id === oids.alternativeNames)?.value
  const texts = (wanted: string): readonly string[] =>
    request.names.flat().flatMap(({ type, value }) => (type === wanted ? [value.toString('utf8')] : []))
  return {
    subject: request.subject,
    // Of several the last one counts, as Go has it.
    commonName: texts(oids.commonName).at(-1) ?? '',
    organizations: texts(oids.organization),
    publicKey: request.publicKey,
    names: namesIn(rawNames),
    rawNames,
    isSigned: isSigned(request),
  }
}

const namesIn = (raw: Buffer | undefined): AlternativeNames => {
  const names = raw === undefined ? [] : readAlternativeNames(raw)
  const of = (kind: number): readonly Buffer[] => names.filter(({ tag }) => tag === kind).map(({ content }) => content)
  const texts = (kind: number): readonly string[] => of(kind).map(bytes => bytes.toString('latin1'))
  return { dns: texts(nameKinds.dns), ips: of(nameKinds.ip), emails: texts(nameKinds.email), uris: texts(nameKinds.uri) }
}
