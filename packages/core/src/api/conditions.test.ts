import { describe, expect, test } from 'vitest'
import type { Condition } from './builtin.ts'
import { conditionTime, findCondition, isReady, removeCondition, setCondition } from './conditions.ts'

const noon = '2026-01-01T12:00:00Z'
const later = '2026-01-01T13:00:00Z'
const waiting: Condition = {
  type: 'MachineProvisioned',
  status: 'False',
  reason: 'Waiting',
  message: 'next try in 40 s',
  lastTransitionTime: noon,
}

describe('setCondition', () => {
  test('adds a condition that is not there yet, with its time', () => {
    expect(setCondition(undefined, { type: 'Drained', status: 'True' }, noon)).toEqual([
      { type: 'Drained', status: 'True', lastTransitionTime: noon },
    ])
    expect(setCondition([waiting], { type: 'Drained', status: 'True' }, noon).map(c => c.type)).toEqual(['MachineProvisioned', 'Drained'])
  })

  test('keeps the time of the last transition while only the words change', () => {
    const next = setCondition([waiting], { ...waiting, message: 'next try in 20 s' }, later)
    expect(next).toEqual([{ ...waiting, message: 'next try in 20 s', lastTransitionTime: noon }])
  })

  test('moves the time when the status changes, and leaves others alone', () => {
    const other: Condition = { type: 'Ready', status: 'Unknown', lastTransitionTime: noon }
    const next = setCondition([other, waiting], { type: 'MachineProvisioned', status: 'True', reason: 'Created' }, later)
    expect(next[0]).toBe(other)
    expect(next[1]).toEqual({ type: 'MachineProvisioned', status: 'True', reason: 'Created', lastTransitionTime: later })
  })

  test('answers the very same array when nothing changes', () => {
    const conditions = [waiting]
    expect(
      setCondition(conditions, { type: 'MachineProvisioned', status: 'False', reason: 'Waiting', message: 'next try in 40 s' }, later),
    ).toBe(conditions)
  })

  test('gives a time to a condition that had none', () => {
    expect(setCondition([{ type: 'Ready', status: 'True' }], { type: 'Ready', status: 'True' }, noon)).toEqual([
      { type: 'Ready', status: 'True', lastTransitionTime: noon },
    ])
  })
})

test('a condition is found, or taken away, by its type', () => {
  const conditions = [waiting]
  expect(findCondition(conditions, 'MachineProvisioned')).toBe(waiting)
  expect(findCondition(undefined, 'Ready')).toBeUndefined()
  expect(removeCondition(conditions, 'MachineProvisioned')).toEqual([])
  expect(removeCondition(conditions, 'Ready')).toBe(conditions)
})

test('a node is ready only when its condition says True', () => {
  const node = (status?: 'True' | 'False' | 'Unknown') => ({ status: { conditions: status ? [{ type: 'Ready', status }] : [] } })
  expect([node('True'), node('False'), node('Unknown'), node(), {}].map(isReady)).toEqual([true, false, false, false, false])
})

test('times have whole seconds, as the API server keeps them', () => {
  expect(conditionTime(Date.UTC(2026, 0, 1, 12, 0, 0, 999))).toBe(noon)
})
