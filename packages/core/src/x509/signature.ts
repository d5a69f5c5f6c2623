import { type KeyObject, createPublicKey, verify } from 'node:crypto'
import { tags } from './der.ts'
import type { CertificateRequest } from './request.ts'

interface Algorithm {
  readonly key: 'rsa' | 'ec' | 'ed25519'
  readonly hash: string | null
}

/** What kube-controller-manager accepts (Go's crypto/x509), SHA-1 and RSASSA-PSS apart. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  '1.2.840.113549.1.1.11': { key: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { key: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', hash: 'sha512' },
  '1.3.101.112': { key: 'ed25519', hash: null },
}

/** The key of a request; undefined for bytes that are none. */
export const publicKeyOf = ({ publicKey }: Pick<CertificateRequest, 'publicKey'>): KeyObject | undefined => {
  try {
    return createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
  } catch (error) {
    // OpenSSL's complaint; anything without a code is a mistake of ours.
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

/** Has the owner of the key signed the request? In the asker's thread: Node's Web Crypto answers in an order that threads decide. */
export const isSigned = (request: CertificateRequest): boolean => {
  const algorithm = algorithms[request.algorithm.id]
  const key = publicKeyOf(request)
  if (algorithm === undefined || key?.asymmetricKeyType !== algorithm.key) return false
  const { parameters } = request.algorithm
  // RFC 4055, 5758 and 8410: NULL with RSA, nothing with the others.
  const fits = algorithm.key === 'rsa' ? parameters?.tag === tags.null && parameters.content.length === 0 : parameters === undefined
  return fits && verify(algorithm.hash, request.signed, key, request.signature)
}
