import { type CertificateRequest, publicKeyOf } from '../x509/index.ts'

export type KeyKind = 'rsa' | 'ec' | 'ed25519'

const curves: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1']
/** Bits of an RSA key. The upper bound keeps the check of a signature below a millisecond or two. */
const rsaBits = { least: 2_048, most: 8_192 }
const leastExponent = 65_537n

/** Of what kind is the key that a certificate is asked for, or why is it not taken? */
export const keyKindOf = (request: CertificateRequest): { readonly kind: KeyKind } | { readonly problem: string } => {
  const key = publicKeyOf(request)
  const { modulusLength = 0, publicExponent = 0n, namedCurve = '' } = key?.asymmetricKeyDetails ?? {}
  switch (key?.asymmetricKeyType) {
    case 'ed25519':
      return { kind: 'ed25519' }
    case 'ec':
      return curves.includes(namedCurve) ? { kind: 'ec' } : { problem: 'the key is on another curve than P-256, P-384 or P-521' }
    case 'rsa':
      if (modulusLength < rsaBits.least)
        return { problem: `the RSA key has ${modulusLength} bits, and at least ${rsaBits.least} are wanted` }
      if (modulusLength > rsaBits.most) return { problem: `the RSA key has ${modulusLength} bits, and at most ${rsaBits.most} are taken` }
      return publicExponent < leastExponent ? { problem: `the RSA key has an exponent below ${leastExponent}` } : { kind: 'rsa' }
    default:
      return { problem: 'the key is none of RSA, ECDSA and Ed25519' }
  }
}
