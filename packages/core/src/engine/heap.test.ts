import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHeap } from './heap.ts'

interface Item {
  readonly name: number
  readonly at: number
}

it('gives items by time, and equal times in the order in which they came', () => {
  const heap = createHeap<Item>()
  for (const [name, at] of [
    [1, 20],
    [2, 10],
    [3, 20],
    [4, 10],
  ] as const)
    heap.push({ name, at })
  expect([heap.pop(), heap.pop(), heap.pop(), heap.pop()].map(item => item?.name)).toEqual([2, 4, 1, 3])
  expect(heap.pop()).toBeUndefined()
})

it('refuses an item that is in it already', () => {
  const heap = createHeap<Item>()
  const item = { name: 1, at: 1 }
  heap.push(item)
  expect(() => heap.push(item)).toThrow('already')
})

it('agrees with a sorted list, whatever is put in and taken out', () => {
  const step = fc.oneof(fc.record({ push: fc.nat(20) }), fc.record({ remove: fc.nat(30) }), fc.constant({ pop: true as const }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const heap = createHeap<Item>()
      let model: Item[] = []
      let name = 0
      const outcomes: boolean[] = []
      for (const s of steps) {
        if ('push' in s) {
          const item = { name: name++, at: s.push }
          heap.push(item)
          model.push(item)
        } else if ('remove' in s) {
          const victim = model[s.remove % Math.max(1, model.length)]
          if (!victim) continue
          outcomes.push(heap.remove(victim) && !heap.remove(victim))
          model = model.filter(item => item !== victim)
        } else {
          const [first] = model.toSorted((a, b) => a.at - b.at || a.name - b.name)
          outcomes.push(heap.pop() === first)
          model = model.filter(item => item !== first)
        }
        outcomes.push(heap.size === model.length)
      }
      expect(outcomes).not.toContain(false)
    }),
  )
})
