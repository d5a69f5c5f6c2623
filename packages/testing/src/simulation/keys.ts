import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyPair } from '../server/index.ts'

/** A key on P-256 that follows from a text, as a real kubelet draws one: the same seed, the same keys. Signatures with it differ. */
export const keysFrom = (text: string): KeyPair => {
  const curve = createECDH('prime256v1')
  const scalar = createHash('sha256').update(text).digest()
  curve.setPrivateKey(scalar)
  const point = curve.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}
