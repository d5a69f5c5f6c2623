import { expect, it } from 'vitest'
import { machine } from '../facts.fixture.ts'
import { forgotten } from './forgotten.ts'

const vacancy = { from: Date.parse('2030-01-01T00:00:00Z'), to: Date.parse('2030-01-01T01:00:00Z') }
const madeAt = (createdAt: string) => [machine({ createdAt })]

it.each([
  ['before the backup', '2029-12-31T23:59:59Z', false],
  ['by what its leader had sent before it fell silent', '2030-01-01T00:00:20Z', false],
  ['after the backup', '2030-01-01T00:30:00Z', true],
  ['by the new leader', '2030-01-01T01:00:00Z', false],
])('of a machine that was made %s', (_when, createdAt, expected) => {
  expect(forgotten(madeAt(createdAt), [vacancy])).toHaveLength(expected ? 1 : 0)
})

it('is nothing where every moment had its leader', () => {
  expect(forgotten(madeAt('2030-01-01T00:30:00Z'), [])).toEqual([])
})

it('is every one of them: a person may have looked at the first, and at no other', () => {
  const made = [...madeAt('2030-01-01T00:30:00Z'), ...madeAt('2029-12-31T00:00:00Z'), ...madeAt('2030-01-01T00:40:00Z')]
  expect(forgotten(made, [vacancy]).map(({ createdAt }) => createdAt)).toEqual(['2030-01-01T00:30:00Z', '2030-01-01T00:40:00Z'])
})
