import { expect, it } from 'vitest'
import { addressProblems, addressWarnings, isPair, rangeProblems, rangeWarnings } from './addresses.ts'

const complaints = (found: readonly { readonly message: string }[]): readonly string[] => found.map(({ message }) => message)

// Seen on 1.37.
it.each([
  ['10.0.0.1', []],
  ['2001:db8::1', []],
  ['nowhere', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ['10.0.0.01', ['must not have leading 0s']],
  ['::ffff:10.0.0.1', ['must not be an IPv4-mapped IPv6 address']],
])('judges the address %s', (address, why) => {
  expect(complaints(addressProblems('f', address))).toEqual(why.map(each => `Invalid value: "${address}": ${each}`))
})

it.each([
  ['10.1.0.0/24', []],
  ['2001:db8::/64', []],
  ['0.0.0.0/0', []],
  ['nowhere', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  ['10.1.0.0/33', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  ['010.1.0.0/24', ['must not have leading 0s in IP or prefix length']],
  ['10.1.0.0/024', ['must not have leading 0s in IP or prefix length']],
  ['::ffff:10.1.0.0/120', ['must not have an IPv4-mapped IPv6 address']],
  ['10.1.0.1/24', ['must not have bits set beyond the prefix length']],
  ['2001:db8::1:0:0:0:0/63', ['must not have bits set beyond the prefix length']],
])('judges the range %s', (range, why) => {
  expect(complaints(rangeProblems('f', range))).toEqual(why.map(each => `Invalid value: "${range}": ${each}`))
})

it('warns of good addresses that are not written as they should be', () => {
  expect(addressWarnings('f', '2001:db8::1')).toEqual([])
  expect(addressWarnings('f', '10.0.0.1')).toEqual([])
  expect(addressWarnings('f', '2001:DB8:0::1')).toEqual([
    'f: IPv6 address "2001:DB8:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ])
  expect(rangeWarnings('f', '10.1.0.0/24')).toEqual([])
  expect(rangeWarnings('f', '2001:DB8::/64')).toEqual([
    'f: IPv6 CIDR value "2001:DB8::/64" should be in RFC 5952 canonical format ("2001:db8::/64")',
  ])
})

it('takes one address of each family', () => {
  expect(isPair([])).toBe(true)
  expect(isPair(['10.0.0.1'])).toBe(true)
  expect(isPair(['10.0.0.1', '2001:db8::1'])).toBe(true)
  expect(isPair(['10.0.0.1', '10.0.0.2'])).toBe(false)
  expect(isPair(['10.0.0.1', '2001:db8::1', '2001:db8::2'])).toBe(false)
})
