/** From least to most: of a size, or of a cost. Whole numbers of 64 bits, which stay at the greatest instead of going over. */
export interface Range {
  readonly min: bigint
  readonly max: bigint
}

export const endless: bigint = 2n ** 64n - 1n

export const exactly = (value: bigint): Range => ({ min: value, max: value })

export const unknown: Range = { min: 0n, max: endless }

const bounded = (value: bigint): bigint => (value > endless ? endless : value)

export const add = (...all: readonly Range[]): Range =>
  all.reduce((a, b) => ({ min: bounded(a.min + b.min), max: bounded(a.max + b.max) }), exactly(0n))

export const multiply = (a: Range, b: Range): Range => ({ min: bounded(a.min * b.min), max: bounded(a.max * b.max) })

export const union = (a: Range, b: Range): Range => ({ min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max })

/** Rounded up, in floating point as kube-apiserver does it: limits are met to the unit. */
export const scale = ({ max, min }: Range, factor: number): Range => ({ min: scaled(min, factor), max: scaled(max, factor) })

const scaled = (value: bigint, factor: number): bigint => {
  const product = Math.ceil(Number(value) * factor)
  return product >= Number(endless) ? endless : BigInt(product)
}
