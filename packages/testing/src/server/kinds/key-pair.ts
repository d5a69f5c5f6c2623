import { X509Certificate, createPrivateKey } from 'node:crypto'

const blocks = /-----BEGIN ([^-]+)-----\r?\n([A-Za-z0-9+/=\r\n]*?)-----END \1-----/g

interface Block {
  readonly type: string
  readonly pem: string
}

const blocksOf = (encoded: unknown): readonly Block[] => {
  const text = typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('latin1') : ''
  return [...text.matchAll(blocks)].map(([pem, type = '']) => ({ type, pem }))
}

const isKey = ({ type }: Block): boolean => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')

const after = (skipped: readonly Block[]): string =>
  `after skipping PEM blocks of the following types: [${skipped.map(({ type }) => type).join(' ')}]`

/** Why a certificate and a key (PEM in base64) are no pair, in the words of Go's TLS; undefined for a pair. */
export const keyPairProblem = (certificate: unknown, key: unknown): string | undefined => {
  const inCertificate = blocksOf(certificate)
  const leaf = inCertificate.find(({ type }) => type === 'CERTIFICATE')
  if (leaf === undefined) return noCertificate(inCertificate)
  const inKey = blocksOf(key)
  const secret = inKey.find(isKey)
  return secret === undefined ? noKey(inKey) : mismatch(leaf, secret)
}

const noCertificate = (skipped: readonly Block[]): string => {
  const [only] = skipped
  if (only === undefined) return 'tls: failed to find any PEM data in certificate input'
  if (skipped.length === 1 && only.type.endsWith('PRIVATE KEY')) {
    const found = 'failed to find certificate PEM data in certificate input, but did find a private key'
    return `tls: ${found}; PEM inputs may have been switched`
  }
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input ${after(skipped)}`
}

const noKey = (skipped: readonly Block[]): string => {
  const [only] = skipped
  if (only === undefined) return 'tls: failed to find any PEM data in key input'
  if (skipped.length === 1 && only.type === 'CERTIFICATE')
    return 'tls: found a certificate rather than a key in the PEM for the private key'
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input ${after(skipped)}`
}

const mismatch = (leaf: Block, secret: Block): string | undefined => {
  const certificate = parsed(() => new X509Certificate(leaf.pem))
  if (certificate === undefined) return 'x509: malformed certificate'
  const key = parsed(() => createPrivateKey(secret.pem))
  if (key === undefined) return 'tls: failed to parse private key'
  if (certificate.publicKey.asymmetricKeyType !== key.asymmetricKeyType) return 'tls: private key type does not match public key type'
  return certificate.checkPrivateKey(key) ? undefined : 'tls: private key does not match public key'
}

const parsed = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    // OpenSSL says more, but in words of its own.
    if (error instanceof Error) return undefined
    throw error
  }
}
