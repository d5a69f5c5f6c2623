import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Node, annotations } from '../api/index.ts'
import { createSeats } from './seats.ts'

const claim = (uid: string, second = 0): Node => ({
  metadata: { name: uid, uid, creationTimestamp: `2026-01-01T00:00:0${second}Z` },
})
const recorded = (node: Node): Node => ({ ...node, metadata: { ...node.metadata, annotations: { [annotations.machine]: '{}' } } })

describe('seats under a limit', () => {
  it('go to the oldest', () => {
    const seats = createSeats()
    const claims = [claim('c', 0), claim('b', 1), claim('a', 2)]
    expect(claims.toReversed().map(node => seats.admits(node, 'k', claims, 2))).toEqual([false, true, true])
  })

  it('stay with who was told to go on, though one turns up that counts as older', () => {
    const seats = createSeats()
    expect(seats.admits(claim('b'), 'k', [claim('b')], 1)).toBe(true)
    const both = [claim('a'), claim('b')]
    expect(seats.admits(claim('a'), 'k', both, 1)).toBe(false)
    expect(seats.admits(claim('a'), 'k', [claim('a'), recorded(claim('b'))], 1)).toBe(false)
    expect(seats.admits(claim('a'), 'k', [claim('a')], 1)).toBe(true)
  })

  it('of one class are none of another', () => {
    const seats = createSeats()
    expect(seats.admits(claim('a'), 'k', [claim('a')], 1)).toBe(true)
    expect(seats.admits(claim('b'), 'l', [claim('b')], 1)).toBe(true)
  })

  it('are never more than the limit, in whatever order claims come, are looked at and are recorded', () => {
    const step = fc.record({ uid: fc.integer({ min: 0, max: 5 }), does: fc.constantFrom('come', 'look', 'record') })
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 60 }), fc.integer({ min: 0, max: 3 }), (steps, limit) => {
        const seats = createSeats()
        const claims = new Map<number, Node>()
        const told = new Set<number>()
        for (const { uid, does } of steps) {
          const node = claims.get(uid)
          if (does === 'come') claims.set(uid, node ?? claim(String(uid)))
          else if (!node || told.has(uid) === (does === 'look')) continue
          else if (does === 'record') claims.set(uid, recorded(node))
          else if (seats.admits(node, 'k', [...claims.values()], limit)) told.add(uid)
        }
        expect(told.size).toBeLessThanOrEqual(limit)
      }),
    )
  })
})
