/** One field of a message on the wire: a number for varints and fixed sizes, bytes for everything with a length. */
export interface WireField {
  readonly number: number
  readonly value: bigint | Uint8Array
  /** 64-bit floats come as fixed 8 bytes. */
  readonly double?: number
}

/** The fields of a protobuf message in their order. @throws RangeError where the bytes end in the middle of one. */
export const wireFields = (bytes: Uint8Array): readonly WireField[] => {
  const fields: WireField[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at]
      if (byte === undefined || shift > 63n) throw new RangeError('the protobuf message ends too early')
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
  }
  const slice = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new RangeError('the protobuf message ends too early')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >>> 3
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint() })
        break
      case 1: {
        const start = at
        slice(8)
        fields.push({ number, value: view.getBigInt64(start, true), double: view.getFloat64(start, true) })
        break
      }
      case 2:
        fields.push({ number, value: slice(Number(varint())) })
        break
      case 5: {
        const start = at
        slice(4)
        fields.push({ number, value: BigInt(view.getInt32(start, true)) })
        break
      }
      default:
        throw new RangeError(`a protobuf field of wire type ${tag & 7}`)
    }
  }
  return fields
}
