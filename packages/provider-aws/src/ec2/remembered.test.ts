import type { Call } from '@kube-node/core/provider'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { remembered } from './remembered.ts'

const { clock } = manualRuntime()
const callOf = (signal = new AbortController().signal): Call => ({ signal, deadline: Infinity, clock, log: () => undefined })

test('who asks what is being asked shares the answer, and so does who comes later', async () => {
  const remember = remembered()
  let asked = 0
  const ask = async (): Promise<number> => (asked += 1)
  expect(await Promise.all([1, 2, 3].map(() => remember('image', callOf(), ask)))).toEqual([1, 1, 1])
  expect(await remember('image', callOf(), ask)).toBe(1)
  expect(await remember('subnets', callOf(), ask)).toBe(2)
})

test("a failure is everybody's who waits, and is not remembered", async () => {
  const remember = remembered()
  let asked = 0
  const ask = async (): Promise<number> => {
    asked += 1
    if (asked === 1) throw new Error('no answer')
    return asked
  }
  const both = await Promise.allSettled([remember('image', callOf(), ask), remember('image', callOf(), ask)])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await remember('image', callOf(), ask)).toBe(2)
})

test('where who asks gives up, the next one asks; and who waits may give up', async () => {
  const remember = remembered()
  const first = new AbortController()
  const impatient = new AbortController()
  const never = (signal: AbortSignal) => (): Promise<number> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const asking = remember('image', callOf(first.signal), never(first.signal))
  const waiting = remember('image', callOf(), async () => 2)
  const leaving = remember('image', callOf(impatient.signal), async () => 3)
  impatient.abort(new Error('it took too long'))
  await expect(leaving).rejects.toThrow('it took too long')
  first.abort(new Error('given up'))
  await expect(asking).rejects.toThrow('given up')
  expect(await waiting).toBe(2)
})
