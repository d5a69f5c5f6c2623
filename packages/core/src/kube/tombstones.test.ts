import { describe, expect, it } from 'vitest'
import { createTombstones } from './tombstones.ts'

describe('tombstones', () => {
  it('stay while the watch has not shown the deletion', () => {
    const tombstones = createTombstones()
    for (let i = 0; i < 3_000; i++) tombstones.addForever(`uid-${i}`)
    tombstones.prune('5')
    expect(tombstones.buried('uid-0', '999999')).toBe(true)
  })

  it('go once the watch has passed them, but for the last thousand', () => {
    const tombstones = createTombstones()
    for (let i = 0; i < 3_000; i++) {
      tombstones.addForever(`uid-${i}`)
      tombstones.add(`uid-${i}`, String(10_000 + i))
    }
    tombstones.prune('11499')
    expect(tombstones.size).toBe(1_500)
    tombstones.prune('20000')
    expect(tombstones.size).toBe(1_000)
    expect(tombstones.buried('uid-2999', '10001')).toBe(true)
  })

  it('are bounded even when nothing ever confirms them', () => {
    const tombstones = createTombstones()
    for (let i = 0; i < 30_000; i++) tombstones.addForever(`uid-${i}`)
    tombstones.prune('5')
    expect(tombstones.size).toBe(10_000)
    expect(tombstones.buried('uid-29999', '1')).toBe(true)
  })
})
