import { describe, expect, test } from 'vitest'
import { freshNames, growthOf, successorOf } from './growth.ts'
import { managed, zoneWith } from './pool.fixture.ts'

const zonesOf = (...sizes: readonly number[]) => sizes.map((size, at) => zoneWith('bcd'[at] ?? '', size))

describe('a pool grows', () => {
  test.each([
    [[1], 3, 3],
    [[2, 2, 2], 9, 3],
    [[1, 2, 3], 9, 3],
    [[0, 0, 0], 3, 1],
  ])('from %j to %i by the size of each zone: %i', (sizes, size, ofEachZone) =>
    expect(growthOf(zonesOf(...sizes), size)).toEqual({ by: 'size', ofEachZone }),
  )

  test.each([
    // A size of 3 for each zone would take a machine from the last one.
    [[1, 1, 4], 9, [2, 1]],
    [[0, 3, 0], 6, [2, 0, 1]],
    // What does not divide.
    [[2, 2, 2], 7, [1]],
    [[0, 0, 6], 8, [1, 1]],
  ])('from %j to %i by machines of its smaller zones, and none shrinks', (sizes, size, more) => {
    const zones = zonesOf(...sizes)
    const growth = growthOf(zones, size)
    const counts = zones.map(zone => (growth.by === 'members' ? (growth.more.find(each => each.zone === zone)?.count ?? 0) : 0))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(size - sizes.reduce((sum, each) => sum + each, 0))
    expect(growth.by).toBe('members')
    const down = (numbers: readonly number[]) => numbers.filter(count => count > 0).toSorted((a, b) => b - a)
    expect(down(counts)).toEqual(down(more))
  })
})

describe('names', () => {
  test('are the same for the same members, and none that one has', () => {
    const first = freshNames(zoneWith('b', 1), 2)
    expect(new Set(first).size).toBe(2)
    expect(freshNames(zoneWith('b', 1), 2)).toEqual(first)
    const [name = ''] = first
    expect(freshNames(zoneWith('b', 1, [managed(name)]), 2)).not.toContain(name)
  })

  test('of a successor follow from whom it is for, and fit', () => {
    const base = { baseInstanceName: `${'gke-'.repeat(14)}x` }
    expect(successorOf(base, '17')).toBe(successorOf(base, '17'))
    expect(successorOf(base, '17')).not.toBe(successorOf(base, '18'))
    expect(successorOf(base, '17')).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
    expect(successorOf({ baseInstanceName: 'gke-a-####' }, '17')).toMatch(/^gke-a-[0-9a-f]{8}$/)
  })
})
