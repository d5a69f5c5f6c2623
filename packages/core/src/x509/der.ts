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
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** More octets of length than this (16 MiB) nothing here can have. */
const longestLength = 3

/**
 * DER has one spelling for each value: a length is definite and as short as can be. Whoever reads more than that reads something
 * else than the next program that is given the same bytes.
 * @throws RangeError for bytes that are no DER.
 */
const readOne = (bytes: Buffer, from: number): { readonly value: Der; readonly end: number } => {
  const [tag, first] = [bytes[from], bytes[from + 1]]
  if (tag === undefined || first === undefined) throw new RangeError('data truncated')
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a tag of more than one octet')
  const octets = first < 0x80 ? 0 : first & 0x7f
  if (first >= 0x80 && (octets === 0 || octets > longestLength)) throw new RangeError('a length that is indefinite or too long')
  const start = from + 2 + octets
  if (start > bytes.length) throw new RangeError('data truncated')
  const length = octets === 0 ? first : bytes.readUIntBE(from + 2, octets)
  if (octets > 0 && (length < 0x80 || bytes[from + 2] === 0)) throw new RangeError('a length that is not minimal')
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

/** The values that a constructed one holds. @throws RangeError when its content is something else. */
export const childrenOf = ({ content }: Der): readonly Der[] => {
  const children: Der[] = []
  for (let from = 0; from < content.length; ) {
    const { end, value } = readOne(content, from)
    children.push(value)
    from = end
  }
  return children
}

/** What a value of that kind holds, from `least` to `most` of it. @throws RangeError */
export const partsOf = (value: Der | undefined, tag: number, least: number, most: number = Infinity): readonly Der[] => {
  if (value?.tag !== tag) throw new RangeError(`tag ${tag} was expected, not ${value?.tag ?? 'the end'}`)
  const parts = childrenOf(value)
  if (parts.length < least || parts.length > most) throw new RangeError(`${parts.length} parts where ${least} to ${most} were expected`)
  return parts
}

/** The content of a value of that kind. @throws RangeError */
export const contentOf = (value: Der | undefined, tag: number): Buffer => {
  if (value?.tag !== tag) throw new RangeError(`tag ${tag} was expected, not ${value?.tag ?? 'the end'}`)
  return value.content
}

/** An OID has no more than 2^31 - 1 in one of its numbers: Go's parser has the same limit. */
const largestArc = 2 ** 31 - 1

/** `2.5.4.3`. @throws RangeError */
export const oidText = (value: Der | undefined): string => {
  const arcs: number[] = []
  let [arc, open] = [0, false]
  for (const octet of contentOf(value, tags.oid)) {
    if (!open && octet === 0x80) throw new RangeError('an OID that is not minimal')
    arc = arc * 128 + (octet & 0x7f)
    if (arc > largestArc) throw new RangeError('an OID that is too large')
    open = octet >= 0x80
    if (open) continue
    arcs.push(arc)
    arc = 0
  }
  const [first, ...rest] = arcs
  if (open || first === undefined) throw new RangeError('an OID that is cut off')
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

/** @throws RangeError for bits that do not fill their octets, which none of what is read here has. */
export const octetsOf = (value: Der | undefined): Buffer => {
  const content = contentOf(value, tags.bitString)
  if (content[0] !== 0) throw new RangeError('a bit string that is not whole octets')
  return content.subarray(1)
}
