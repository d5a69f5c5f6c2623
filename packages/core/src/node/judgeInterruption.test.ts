import { expect, test } from 'vitest'
import { type Hearing, type InterruptionVerdict, judgeInterruption } from './judgeInterruption.ts'
import type { Interruption } from '../provider/index.ts'

const now = 1_800_000_000_000
const iso = (ms: number): string => new Date(now + ms).toISOString()
const soon = iso(120_000)
const spot: Interruption = { id: 'i-1', reason: 'spot', at: soon }
const advice: Interruption = { id: 'i-1', reason: 'rebalance' }
const ends = { id: 'i-1', reason: 'spot', at: soon }

test.each<[string, Interruption, Partial<Hearing>, InterruptionVerdict]>([
  ['a time is written', spot, {}, { do: 'write', end: ends }],
  ['so is an advice', advice, {}, { do: 'write', end: { id: 'i-1', reason: 'rebalance' } }],
  ['the same again is not', spot, { end: ends }, { do: 'drop' }],
  ['nor an advice after a time', advice, { end: ends }, { do: 'drop' }],
  ['a time takes the place of an advice', spot, { end: { id: 'i-1', reason: 'rebalance' } }, { do: 'write', end: ends }],
  ['and of another time', { ...spot, at: iso(60_000) }, { end: ends }, { do: 'write', end: { ...ends, at: iso(60_000) } }],
  ['the machine of somebody else is left alone', spot, { isOurs: false }, { do: 'drop' }],
  ['a machine that has outlived its end is too', { ...spot, at: iso(-700_000) }, {}, { do: 'drop' }],
  ['one whose end was a moment ago is not', { ...spot, at: iso(-60_000) }, {}, { do: 'write', end: { ...ends, at: iso(-60_000) } }],
  ['a time that makes no sense is now', { ...spot, at: 'soon' }, {}, { do: 'write', end: { ...ends, at: iso(0) } }],
  ['a change is looked at', { id: 'i-1', reason: 'stopped', kind: 'change' }, {}, { do: 'look' }],
])('%s', (_, interruption, hearing, verdict) => {
  expect(judgeInterruption(interruption, { end: undefined, isOurs: true, now, ...hearing })).toEqual(verdict)
})
