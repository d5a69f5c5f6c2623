import { describe, expect, test } from 'vitest'
import type { Scope } from './error.ts'
import { type Place, placeOf, scopeOf, spread } from './place.ts'

const places: readonly Place[] = ['spot', 'on-demand'].flatMap(capacityType =>
  ['large', 'medium'].flatMap(instanceType => ['a', 'b'].map(zone => ({ instanceType, capacityType, zone }))),
)
const at = (avoid: readonly Scope[], attempt = 1, from: readonly Place[] = places): Place | undefined =>
  placeOf(from, { avoid, owner: { cluster: 'c', controller: 'k', claim: 'u', nodeName: 'n', attempt } })

describe('an attempt asks at the first place that is not to be avoided', () => {
  test.each<[string, readonly Scope[], Place]>([
    ['nothing', [], { instanceType: 'large', capacityType: 'spot', zone: 'a' }],
    ['a zone', [{ zone: 'a' }], { instanceType: 'large', capacityType: 'spot', zone: 'b' }],
    ['a type', [{ instanceType: 'large' }], { instanceType: 'medium', capacityType: 'spot', zone: 'a' }],
    ['spot', [{ capacityType: 'spot' }], { instanceType: 'large', capacityType: 'on-demand', zone: 'a' }],
    ['a type in a zone', [{ instanceType: 'large', zone: 'a' }], { instanceType: 'large', capacityType: 'spot', zone: 'b' }],
  ])('%s', (_, avoid, place) => expect(at(avoid)).toEqual(place))

  test('and they take turns when all are', () => {
    const turns = Array.from({ length: places.length }, (_, attempt) => at([{}], attempt))
    expect(new Set(turns)).toEqual(new Set(places))
  })

  test('which one without a zone is not, by a scope that names one', () =>
    expect(at([{ zone: 'a' }], 1, [{ instanceType: 'large', capacityType: 'spot' }])).toBeDefined())

  test('of none there is none', () => expect(at([], 1, [])).toBeUndefined())
})

describe('claims spread', () => {
  const zones = ['a', 'b', 'c']
  const claims = Array.from({ length: 60 }, (_, i) => `claim-${i}`)
  const first = (claim: string, of: readonly string[]) => spread(of, claim, zone => zone)[0]

  test('over all', () => {
    for (const zone of zones) expect(claims.filter(claim => first(claim, zones) === zone).length).toBeGreaterThan(10)
  })

  test('in the same order, whatever order they are given in', () => {
    for (const claim of claims) expect(spread(zones.toReversed(), claim, zone => zone)).toEqual(spread(zones, claim, zone => zone))
  })

  test('in the order that they always had: a request that is sent again must find what it has made', () => {
    expect(claims.slice(0, 4).map(claim => spread(zones, claim, zone => zone).join(''))).toEqual(['cab', 'bca', 'acb', 'cba'])
  })

  test('and move only to one that comes', () => {
    for (const claim of claims) expect(['d', first(claim, zones)]).toContain(first(claim, [...zones, 'd']))
  })
})

test('a stockout is told of what was asked for', () => {
  expect(scopeOf({ instanceType: 'large', capacityType: 'spot', zone: 'a' })).toEqual({
    instanceType: 'large',
    capacityType: 'spot',
    zone: 'a',
  })
  expect(scopeOf({ instanceType: 'large', capacityType: 'spot' })).toEqual({ instanceType: 'large', capacityType: 'spot' })
})
