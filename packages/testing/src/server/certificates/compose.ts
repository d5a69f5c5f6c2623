import { type KeyObject, sign } from 'node:crypto'
import { bitString, der, octetString, oid, oids, sequence, tags, unsigned } from '@kube-node/core/x509'

export interface RequestStory {
  readonly commonName: string
  /** Default: `system:nodes`. */
  readonly organizations?: readonly string[]
  readonly dns?: readonly string[]
  /** IPv4, in the usual spelling. */
  readonly ips?: readonly string[]
  /** Signed by this key rather than by the one that is certified. */
  readonly forgedBy?: KeyObject
}

/** Of ECDSA; the private one signs the request. */
export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** A certificate request as a kubelet makes it, in base64 as `spec.request` has it. */
export const certificateRequest = (story: RequestStory, { privateKey, publicKey }: KeyPair): string => {
  const { commonName, dns = [], forgedBy, ips = [], organizations = ['system:nodes'] } = story
  const part = (id: string, text: string): Buffer => der(tags.set, sequence(oid(id), der(tags.utf8, Buffer.from(text))))
  const subject = sequence(...organizations.map(text => part(oids.organization, text)), part(oids.commonName, commonName))
  const names = [...dns.map(text => der(0x82, Buffer.from(text))), ...ips.map(ip => der(0x87, Buffer.from(ip.split('.').map(Number))))]
  const extensions = sequence(sequence(oid(oids.alternativeNames), octetString(sequence(...names))))
  const attributes = names.length === 0 ? der(0xa0) : der(0xa0, sequence(oid(oids.extensionRequest), der(tags.set, extensions)))
  const info = sequence(unsigned(Buffer.from([0])), subject, publicKey.export({ format: 'der', type: 'spki' }), attributes)
  const signature = sign('sha256', info, forgedBy ?? privateKey)
  const whole = sequence(info, sequence(oid('1.2.840.10045.4.3.2')), bitString(signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`
  return Buffer.from(pem).toString('base64')
}
