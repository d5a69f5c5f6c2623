import { describe, expect, test } from 'vitest'
import { factsFor, instance } from './group.fixture.ts'
import { unprotected } from './protect.ts'
import { removalsOf } from './removals.ts'

const facts = factsFor({
  Instances: [
    instance('serves'),
    instance('starts', 'Pending:Wait'),
    instance('stands', 'Standby'),
    instance('leaves', 'Terminating:Wait'),
  ],
})

describe.each([
  [false, { shrinks: true, needsOther: false }, { shrinks: false, needsOther: false }],
  [true, { shrinks: false, needsOther: false }, { shrinks: false, needsOther: true }],
])('with replace %s', (replace, counted, standing) => {
  const of = (...ids: string[]) => removalsOf(facts, ids, replace)

  test('what AWS counts', () =>
    expect(of('serves', 'starts')).toEqual([
      { id: 'serves', ...counted },
      { id: 'starts', ...counted },
    ]))
  test('what is in standby, which AWS does not count', () => expect(of('stands')).toEqual([{ id: 'stands', ...standing }]))
  test('what leaves, is gone, or never was takes nothing with it', () =>
    expect(of('leaves', 'gone', '')).toEqual([undefined, undefined, undefined]))
  test('what is named twice goes once, and answers stay in order', () =>
    expect(of('gone', 'serves', 'serves')).toEqual([undefined, { id: 'serves', ...counted }, undefined]))
})

describe('who is protected', () => {
  test('all whom AWS lets be, but those that are to go', () => expect(unprotected(facts, [])).toEqual(['serves', 'stands']))
  test('not who is to go', () => expect(unprotected(facts, ['serves'])).toEqual(['stands']))
  test('not who is already', () =>
    expect(unprotected(factsFor({ Instances: [instance('i-1', 'InService', { ProtectedFromScaleIn: true })] }), [])).toEqual([]))
})
