import { describe, expect, it } from 'vitest'
import type { ClassConnection } from '../../api/index.ts'
import { keyOf, leadsTo } from './entry.ts'
import { type Sight, whyUnseen } from './left.ts'

const entry: ClassConnection = { provider: 'p', account: '1', config: { region: 'r1' }, secret: { namespace: 'n', name: 's' } }
const sight = (more: Partial<Sight> = {}): Sight => ({
  account: '1',
  problem: undefined,
  isPartial: false,
  listedAt: 2_000,
  shownAfter: 1_000,
  ...more,
})

describe('whether a list tells what is left somewhere', () => {
  it.each<[string, Sight | undefined, string | undefined]>([
    ['it does', sight(), undefined],
    ['nothing was ever listed', sight({ listedAt: -Infinity }), 'new enough'],
    ['it began before all was shown', sight({ listedAt: 1_000 }), 'new enough'],
    ['something is under way', sight({ shownAfter: Infinity }), 'new enough'],
    ['a place could not be asked', sight({ isPartial: true }), 'not all of its places'],
    ['lists fail', sight({ problem: 'no route' }), 'no route'],
    ['it is of another account', sight({ account: '2' }), 'account 2'],
    ['the account is not known', sight({ account: undefined }), 'account unknown'],
    ['it can not be opened', undefined, 'not open'],
  ])('%s', (_title, seen, expected) => {
    const why = whyUnseen(entry, seen)
    expect(why === undefined ? undefined : why.includes(expected ?? 'nothing')).toBe(expected === undefined ? undefined : true)
  })

  it('goes by any account where it was never told', () => {
    const { account: _unknown, ...anonymous } = entry
    expect(whyUnseen(anonymous, sight({ account: '2' }))).toBeUndefined()
  })
})

it('a connection is the same whatever the order of its keys, and another one with another Secret, place or account', () => {
  const ordered: ClassConnection = { ...entry, config: { a: 1, b: 2 } }
  expect(keyOf(ordered)).toBe(keyOf({ ...entry, config: { b: 2, a: 1 } }))
  expect(keyOf(entry)).not.toBe(keyOf({ ...entry, account: '2' }))
  expect(leadsTo(entry, { ...entry, config: { region: 'r1' } })).toBe(true)
  const { secret: _none, ...open } = entry
  for (const other of [open, { ...entry, provider: 'q' }, { ...entry, config: {} }]) expect(leadsTo(entry, other)).toBe(false)
})
