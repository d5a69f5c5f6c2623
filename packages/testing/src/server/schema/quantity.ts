/** An amount as Kubernetes writes it (`500m`, `1.5Gi`, `1e3`), exactly, in billionths. */
export interface Quantity {
  readonly nano: bigint
  readonly format: 'decimal' | 'binary' | 'exponent'
}

const NANO = 1_000_000_000n

const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
/** From 10^-9 upwards in steps of a thousand. */
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']

export const quantityMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Undefined for text that is no quantity. What is finer than a billionth is rounded away from zero, as the API server does. */
export const parseQuantity = (text: string): Quantity | undefined => {
  const [, sign = '', whole = '', fraction = '', suffix = ''] = /^([+-]?)(\d*)(?:\.(\d*))?([A-Za-z]*(?:[+-]?\d+)?)$/.exec(text) ?? []
  if (whole === '' && fraction === '') return undefined
  const scale = scaleOf(suffix)
  if (scale === undefined) return undefined
  // digits * 10^-fraction.length * base^power, in billionths.
  const digits = BigInt(whole + fraction)
  const times = scale.format === 'binary' ? 1024n ** BigInt(scale.power) : 10n ** BigInt(Math.max(scale.power, 0))
  const over = 10n ** BigInt(fraction.length) * (scale.format === 'binary' ? 1n : 10n ** BigInt(Math.max(-scale.power, 0)))
  const exact = digits * times * NANO
  const nano = exact / over + (exact % over === 0n ? 0n : 1n)
  return { nano: sign === '-' ? -nano : nano, format: scale.format }
}

const scaleOf = (suffix: string): { readonly power: number; readonly format: Quantity['format'] } | undefined => {
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { power: binary, format: 'binary' }
  const decimal = decimalSuffixes.indexOf(suffix)
  if (decimal >= 0) return { power: (decimal - 3) * 3, format: 'decimal' }
  const [, power] = /^[eE]([+-]?\d+)$/.exec(suffix) ?? []
  return power === undefined ? undefined : { power: Number(power), format: 'exponent' }
}

/** The one way in which the API server writes this amount: `1000m` is `1`, `1024Mi` is `1Gi`, `0.5` is `500m`. */
export const formatQuantity = ({ nano, format }: Quantity): string => {
  if (nano === 0n) return '0'
  const size = nano < 0n ? -nano : nano
  // An amount of less than one unit of bytes, or with a fraction, can't be written with binary suffixes.
  if (format === 'binary' && size >= 1024n * NANO && size % NANO === 0n) {
    let value = nano / NANO
    let power = 0
    while (value % 1024n === 0n && power < binarySuffixes.length - 1) {
      value /= 1024n
      power += 1
    }
    return `${value}${binarySuffixes[power]}`
  }
  let value = nano
  let power = 0
  while (value % 1000n === 0n && power < decimalSuffixes.length - 1) {
    value /= 1000n
    power += 1
  }
  if (format !== 'exponent') return `${value}${decimalSuffixes[power]}`
  return power === 3 ? String(value) : `${value}e${(power - 3) * 3}`
}
