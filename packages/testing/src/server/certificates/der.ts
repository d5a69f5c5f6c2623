/** One value of ASN.1 in DER: what X.509 consists of. */
export interface Der {
  readonly tag: number
  readonly content: Buffer
  /** Tag, length and content: what signatures are made over. */
  readonly whole: Buffer
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** @throws RangeError for bytes that are no DER. */
const readOne = (bytes: Buffer, from: number): { readonly value: Der; readonly end: number } => {
  const tag = bytes.readUInt8(from)
  let length = bytes.readUInt8(from + 1)
  let start = from + 2
  if (length > 0x80) {
    const octets = length & 0x7f
    length = bytes.readUIntBE(start, octets)
    start += octets
  }
  const end = start + length
  if (end > bytes.length) throw new RangeError('data truncated')
  return { value: { tag, content: bytes.subarray(start, end), whole: bytes.subarray(from, end) }, end }
}

/** The one value that these bytes are. @throws RangeError when they are none, or more. */
export const readDer = (bytes: Buffer): Der => {
  const { value, end } = readOne(bytes, 0)
  if (end !== bytes.length) throw new RangeError('trailing data')
  return value
}

export const childrenOf = ({ content }: Der): readonly Der[] => {
  const children: Der[] = []
  for (let from = 0; from < content.length; ) {
    const { end, value } = readOne(content, from)
    children.push(value)
    from = end
  }
  return children
}

/** The parts of a sequence, of which some must be there. @throws RangeError */
export const partsOf = (value: Der | undefined, least: number): readonly Der[] => {
  if (value === undefined || value.tag !== tags.sequence) throw new RangeError('a sequence was expected')
  const parts = childrenOf(value)
  if (parts.length < least) throw new RangeError('sequence truncated')
  return parts
}

/** `2.5.4.3` */
export const oidText = ({ content }: Der): string => {
  const arcs: number[] = []
  let arc = 0
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [first = 0, ...rest] = arcs
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length])
  const digits = length.toString(16)
  const octets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | octets.length]), octets])
}

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
