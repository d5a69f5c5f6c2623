import { generateKeyPairSync } from 'node:crypto'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, it } from 'vitest'
import { createAuthority } from '../certificates/authority.ts'
import { keyPair, requestOf } from '../certificates/request.fixture.ts'
import { parseCertificateRequest } from '../certificates/request.ts'
import { keyPairProblem } from './key-pair.ts'

const own = keyPair()
const request = parseCertificateRequest(Buffer.from(requestOf({ commonName: 'n' }, own), 'base64').toString('latin1'))
const certificate = createAuthority(manualRuntime()).sign(request, ['client auth'], 0, 1_000)
const pemOf = (key: (typeof own)['privateKey']): string => key.export({ format: 'pem', type: 'pkcs8' }).toString()
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const garbage = (type: string): string => `-----BEGIN ${type}-----\nMO==\n-----END ${type}-----\n`

const key = pemOf(own.privateKey)
const rsa = pemOf(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey)

it.each([
  ['a pair', certificate, key, undefined],
  ['nothing', '', '', 'tls: failed to find any PEM data in certificate input'],
  [
    'a key for a certificate',
    key,
    key,
    'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
  ],
  [
    'something else',
    garbage('A') + garbage('B'),
    key,
    'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [A B]',
  ],
  ['no key', certificate, '', 'tls: failed to find any PEM data in key input'],
  ['a certificate for a key', certificate, certificate, 'tls: found a certificate rather than a key in the PEM for the private key'],
  [
    'something else for a key',
    certificate,
    garbage('A'),
    'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [A]',
  ],
  ['a certificate that is none', garbage('CERTIFICATE'), key, 'x509: malformed certificate'],
  ['a key that is none', certificate, garbage('PRIVATE KEY'), 'tls: failed to parse private key'],
  ['a key of another kind', certificate, rsa, 'tls: private key type does not match public key type'],
  ['another key', certificate, pemOf(keyPair().privateKey), 'tls: private key does not match public key'],
])('%s', (_, crt, secret, problem) => {
  expect(keyPairProblem(base64(crt), base64(secret))).toBe(problem)
})
