import { expect, test } from 'vitest'
import { warningHeader } from './warning-header.ts'

test('Each warning is told once, quoted as HTTP quotes', () => {
  expect(warningHeader([])).toBeUndefined()
  expect(warningHeader(['', 'a', 'b "c" \\ d', 'a', 'ü'])).toBe(String.raw`299 - "a", 299 - "b \"c\" \\ d", 299 - "ü"`)
  expect(warningHeader(['line\nbreak'])).toBeUndefined()
})

test('Too much of it is cut short, each for itself', () => {
  const long = (letter: string): string => letter.repeat(300)
  const told = (texts: readonly string[]): readonly number[] =>
    (warningHeader(texts) ?? '').split(', ').map(part => part.length - '299 - ""'.length)
  expect(told([long('a'), long('b')])).toEqual([300, 300])
  const many = Array.from({ length: 20 }, (_, i) => long(String.fromCharCode(97 + i)))
  expect(told(many)).toEqual(Array.from({ length: 16 }, () => 256))
})
