import { expect, it } from 'vitest'
import { manualRuntime } from '../runtime/index.ts'
import { sharedPins } from './pins.ts'

it('asks once for all that come within half a minute, and again after it', async () => {
  const { clock, advance } = manualRuntime()
  let asked = 0
  const pin = sharedPins(clock, async config => ({ ...config, image: `debian-13.${++asked}` }))
  const all = await Promise.all(Array.from({ length: 1_000 }, () => pin({ image: 'debian-13' })))
  expect(new Set(all.map(({ image }) => image))).toEqual(new Set(['debian-13.1']))
  expect(await pin({ image: 'debian-12' })).toEqual({ image: 'debian-13.2' })
  await advance(30_000)
  expect(await pin({ image: 'debian-13' })).toEqual({ image: 'debian-13.3' })
})

it('keeps no failure', async () => {
  const { clock } = manualRuntime()
  let asked = 0
  const pin = sharedPins(clock, async config => {
    asked += 1
    if (asked === 1) throw new Error('not now')
    return config
  })
  const both = await Promise.allSettled([pin({}), pin({})])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await pin({})).toEqual({})
  expect(asked).toBe(2)
})
