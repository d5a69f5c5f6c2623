import { describe, expect, test } from 'vitest'
import type { Taint } from './builtin.ts'
import { addTaints, hasTaint, removeTaints } from './taints.ts'

const gpu: Taint = { key: 'gpu', value: 'a100', effect: 'NoSchedule', timeAdded: '2026-01-01T12:00:00Z' }
const gpuExecute: Taint = { key: 'gpu', effect: 'NoExecute' }

describe('taints', () => {
  test('are told apart by key and effect', () => {
    expect(addTaints([gpu], [gpuExecute])).toEqual([gpu, gpuExecute])
    expect(removeTaints([gpu, gpuExecute], [{ key: 'gpu', effect: 'NoExecute' }])).toEqual([gpu])
    expect(removeTaints([gpu, gpuExecute], [{ key: 'gpu' }])).toEqual([])
    expect(hasTaint([gpu], { key: 'gpu' })).toBe(true)
    expect(hasTaint([gpu], { key: 'gpu', effect: 'NoExecute' })).toBe(false)
    expect(hasTaint(undefined, { key: 'gpu' })).toBe(false)
  })

  test('take a new value and keep their time', () => {
    expect(addTaints([gpu], [{ key: 'gpu', value: 'h100', effect: 'NoSchedule' }])).toEqual([{ ...gpu, value: 'h100' }])
    expect(addTaints([gpu], [{ key: 'gpu', effect: 'NoSchedule' }])).toEqual([
      { key: 'gpu', effect: 'NoSchedule', timeAdded: gpu.timeAdded },
    ])
  })

  test('come back as the very same array when nothing changes', () => {
    const taints = [gpu]
    expect(addTaints(taints, [{ key: 'gpu', value: 'a100', effect: 'NoSchedule' }])).toBe(taints)
    expect(addTaints(taints, [])).toBe(taints)
    expect(removeTaints(taints, [{ key: 'cpu' }])).toBe(taints)
    // An absent value and an empty one are the same to the API server, which leaves empty ones out.
    expect(addTaints([gpuExecute], [{ ...gpuExecute, value: '' }])).toEqual([gpuExecute])
  })
})
