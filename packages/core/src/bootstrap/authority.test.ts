import { describe, expect, it } from 'vitest'
import { authorityHashes } from './authority.ts'
import { certificates } from './certificates.fixture.ts'

describe("an authority's hash", () => {
  it.each(certificates)('is that of its public key: $hash', ({ pem, hash }) => {
    expect(authorityHashes(pem)).toEqual([hash])
  })

  it('is one for each certificate of a bundle, whatever stands between them', () => {
    const bundle = certificates.map(({ pem }) => `# comment\r\n${pem.replaceAll('\n', '\r\n')}`).join('\n')
    expect(authorityHashes(bundle)).toEqual(certificates.map(({ hash }) => hash))
  })

  it.each([
    ['', /holds no certificate in PEM/],
    ['not PEM', /holds no certificate in PEM/],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /asn1|PEM|header/i],
  ])('is an error for %j', (pem, words) => {
    expect(() => authorityHashes(pem)).toThrow(words)
  })
})
