import { X509Certificate, createHash } from 'node:crypto'

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/**
 * What kubeadm pins: `sha256:` and the hash of each certificate's public key.
 * @throws Error when there is no certificate in it, or one that can't be read.
 */
export const authorityHashes = (pem: string): readonly string[] => {
  const blocks = pem.match(block) ?? []
  if (blocks.length === 0) throw new Error('holds no certificate in PEM')
  return blocks.map(text => {
    const key = new X509Certificate(text).publicKey.export({ type: 'spki', format: 'der' })
    return `sha256:${createHash('sha256').update(key).digest('hex')}`
  })
}
