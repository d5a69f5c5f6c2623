import { tags } from './der.ts'

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length])
  const digits = length.toString(16)
  const octets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | octets.length]), octets])
}

/** A value of that kind, as DER. */
export const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

export const sequence = (...parts: readonly Buffer[]): Buffer => der(tags.sequence, ...parts)

export const oid = (text: string): Buffer => {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const octets = [first * 40 + second, ...rest].flatMap(arc => {
    const base = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) base.unshift((left & 0x7f) | 0x80)
    return base
  })
  return der(tags.oid, Buffer.from(octets))
}

/** A whole number that is not negative, given as its bytes. */
export const unsigned = (bytes: Buffer): Buffer => {
  const first = bytes.findIndex(byte => byte !== 0)
  const trimmed = first < 0 ? Buffer.from([0]) : bytes.subarray(first)
  return der(tags.integer, (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed)
}

export const bitString = (bytes: Buffer, unusedBits = 0): Buffer => der(tags.bitString, Buffer.from([unusedBits]), bytes)
export const octetString = (bytes: Buffer): Buffer => der(tags.octetString, bytes)
export const yes: Buffer = der(tags.boolean, Buffer.from([0xff]))

/** Before 2050 a UTCTime, from then on a GeneralizedTime (RFC 5280, 4.1.2.5). */
export const time = (ms: number): Buffer => {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return text < '2050' ? der(tags.utcTime, Buffer.from(text.slice(2))) : der(tags.generalizedTime, Buffer.from(text))
}
