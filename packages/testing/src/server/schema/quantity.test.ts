import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatQuantity, parseQuantity } from './quantity.ts'

const canonical = (text: string): string | undefined => {
  const quantity = parseQuantity(text)
  return quantity && formatQuantity(quantity)
}

// Seen on 1.37 in the capacity of a Node; more of them in builtin.recorded.json.
test.each([
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['0.5', '500m'],
  ['1.5Gi', '1536Mi'],
  ['1e3', '1e3'],
  ['1000k', '1M'],
  ['1025', '1025'],
  ['-0', '0'],
  ['12E', '12E'],
  ['0.1Ki', '102400m'],
  ['1Ki', '1Ki'],
  ['1023Mi', '1023Mi'],
  ['-5', '-5'],
  ['+5', '5'],
  ['.5', '500m'],
  ['5.', '5'],
])('%s is %s', (given, written) => {
  expect(canonical(given)).toBe(written)
})

test.each(['', 'x', '1 Gi', '1gi', '--1', '1e', '1.2.3', 'Gi', '.'])('%j is no quantity', given => {
  expect(parseQuantity(given)).toBeUndefined()
})

test('what is written reads as the same amount, and is written the same again', () => {
  const suffixes = ['', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-3', 'u', 'n']
  fc.assert(
    fc.property(fc.integer(), fc.nat(999), fc.constantFrom(...suffixes), (whole, fraction, suffix) => {
      const text = `${whole}.${fraction}${suffix}`
      const written = canonical(text)!
      expect(parseQuantity(written)?.nano).toBe(parseQuantity(text)?.nano)
      expect(canonical(written)).toBe(written)
    }),
  )
})
