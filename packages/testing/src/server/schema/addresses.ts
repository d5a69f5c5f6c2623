import type { Cause } from './definition.ts'
import { invalid } from './field-error.ts'
import { isCIDR, isIPv4, isIPv6 } from './formats.ts'
import { goQuote } from './quote.ts'

const groupBits = 16
const addressBits = { v4: 32, v6: 128 } as const

/** An address as one number. */
const numberOf = (address: string): bigint =>
  address.includes(':')
    ? groupsOf(address).reduce((sum, group) => (sum << BigInt(groupBits)) + BigInt(group), 0n)
    : address.split('.').reduce((sum, part) => sum * 256n + BigInt(Number(part)), 0n)

const groupsOf = (address: string): readonly number[] => {
  const [head = '', tail] = address.split('::')
  const read = (half: string): readonly number[] =>
    half === '' ? [] : half.split(':').flatMap(part => (part.includes('.') ? pairOf(part) : [Number.parseInt(part, 16)]))
  const before = read(head)
  const after = tail === undefined ? [] : read(tail)
  return [...before, ...Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => 0), ...after]
}

const pairOf = (quad: string): readonly number[] => {
  const number = Number(numberOf(quad))
  return [Math.floor(number / 0x1_0000), number % 0x1_0000]
}

const hasLeadingZeros = (text: string): boolean =>
  /(?:^|[.:/])0\d+(?=\.|$)/.test(text.includes(':') ? text.slice(text.lastIndexOf(':')) : text)

const isMapped = (address: string): boolean => address.includes(':') && numberOf(address) >> 32n === 0xffffn

/** What is wrong with an IP address in a field of old, which for long took more than it does now. */
export const addressProblems = (field: string, text: string): readonly Cause[] => {
  if (!isIPv4(text) && !isIPv6(text)) return [invalid(field, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  if (hasLeadingZeros(text)) return [invalid(field, text, 'must not have leading 0s')]
  return isMapped(text) ? [invalid(field, text, 'must not be an IPv4-mapped IPv6 address')] : []
}

/** The same for a range (`10.1.0.0/24`). */
export const rangeProblems = (field: string, text: string): readonly Cause[] => {
  if (!isCIDR(text)) return [invalid(field, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  const [address = '', bits = ''] = text.split('/')
  if (hasLeadingZeros(address) || /^0\d/.test(bits)) return [invalid(field, text, 'must not have leading 0s in IP or prefix length')]
  if (isMapped(address)) return [invalid(field, text, 'must not have an IPv4-mapped IPv6 address')]
  const free = BigInt((address.includes(':') ? addressBits.v6 : addressBits.v4) - Number(bits))
  return numberOf(address) % (1n << free) === 0n ? [] : [invalid(field, text, 'must not have bits set beyond the prefix length')]
}

/** RFC 5952. A browser's URL writes addresses in the same way. */
const canonical = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1)

/** What is said of an address that is good, but not written as it should be. */
export const addressWarnings = (field: string, text: string): readonly string[] => {
  if (!isIPv6(text) || isMapped(text) || canonical(text) === text) return []
  return [`${field}: IPv6 address ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(canonical(text))})`]
}

export const rangeWarnings = (field: string, text: string): readonly string[] => {
  const [address = '', bits = ''] = text.split('/')
  const best = isIPv6(address) ? `${canonical(address)}/${bits}` : text
  return best === text ? [] : [`${field}: IPv6 CIDR value ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(best)})`]
}

/** At most one of each family. */
export const isPair = (addresses: readonly string[]): boolean =>
  addresses.length < 2 || (addresses.length === 2 && new Set(addresses.map(address => address.includes(':'))).size === 2)
