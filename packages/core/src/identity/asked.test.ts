import { describe, expect, it } from 'vitest'
import { der, sequence } from '../x509/index.ts'
import { readAsked } from './asked.ts'
import { csr, ec, forge, pemOf, requestOf } from './request.fixture.ts'

const keys = ec()
const good = forge({ keys, dns: ['a'] })
const read = (request: string): ReturnType<typeof readAsked> => readAsked(csr({ request }).spec)
const text = (pem: string): string => Buffer.from(pem).toString('base64')
const pem = pemOf(good)

/** The same value with its length in one octet more than it takes. */
const longWinded = (bytes: Buffer): Buffer => {
  const content = bytes.subarray(bytes.length - bytes.readUInt16BE(2))
  return Buffer.concat([Buffer.from([0x30, 0x83, 0, ...bytes.subarray(2, 4)]), content])
}

/** A request whose base64 ends in `=`, so that its last character has bits that say nothing. */
const padded = (): Buffer => {
  for (let dns = 'a'; ; dns += 'a') {
    const bytes = forge({ keys, dns: [dns] })
    if (bytes.length % 3 === 2) return bytes
  }
}
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const spareBits = (pem: string): string => pem.replace(/.(?==\n-----END)/, last => digits[digits.indexOf(last) + 1] ?? '')

describe('a request', () => {
  it('that a kubelet made is read', () => {
    expect(read(requestOf(good))).toMatchObject({ commonName: 'system:node:a', keyKind: 'ec', dns: ['a'], ips: [] })
    expect(read(text(pem.replaceAll('\n', '\r\n')))).toMatchObject({ commonName: 'system:node:a' })
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['no PEM', text('hello')],
    ['bare DER', good.toString('base64')],
    ['an empty block', text(pemOf(Buffer.alloc(0)))],
    ['a certificate', text(pemOf(good, 'CERTIFICATE'))],
    ['an older label', text(pemOf(good, 'NEW CERTIFICATE REQUEST'))],
    ['text before the block', text(`hello\n${pem}`)],
    ['text after the block', text(`${pem}hello`)],
    ['two blocks', text(pem + pem)],
    ['a block with a head', text(pem.replace('REQUEST-----\n', 'REQUEST-----\nProc-Type: 4,ENCRYPTED\n\n'))],
    ['spaces in the block', text(pem.replace('\nM', '\n M'))],
    ['half a block', text(pem.slice(0, 200))],
    ['base64 that ends too early', text(pem.replace(/.(=*)\n-----END/, '$1\n-----END'))],
    ['base64 with bits to spare', text(spareBits(pemOf(padded())))],
    ['another end', text(pem.replace('END CERTIFICATE', 'END NEW CERTIFICATE'))],
    ['trailing bytes', requestOf(Buffer.concat([good, Buffer.from([0])]))],
    ['missing bytes', requestOf(good.subarray(0, -1))],
    ['a length that is not minimal', requestOf(longWinded(good))],
    ['an indefinite length', requestOf(Buffer.concat([Buffer.from([0x30, 0x80]), good.subarray(4), Buffer.from([0, 0])]))],
    ['an empty sequence', requestOf(sequence())],
    ['another tag', requestOf(Buffer.concat([Buffer.from([0x31]), good.subarray(1)]))],
    ['a tag of two octets', requestOf(der(0x3f, good))],
    ['an octet', requestOf(Buffer.from([0x30]))],
    ['a length beyond its end', requestOf(Buffer.from([0x30, 0x83, 0xff, 0xff, 0xff]))],
    ['a length of five octets', requestOf(Buffer.from([0x30, 0x85, 1, 0, 0, 0, 0]))],
    ['more than a kubelet has to say', requestOf(forge({ keys, dns: Array.from({ length: 2_000 }, (_, i) => `host-${i}.example`) }))],
  ])('that is %s is refused', (_what, request) => {
    expect(read(request)).toMatchObject({ verdict: 'refuse', reason: 'MalformedRequest' })
  })
})
