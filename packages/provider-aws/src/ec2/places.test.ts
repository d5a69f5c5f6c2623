import { describe, expect, test } from 'vitest'
import { ec2PlaceOf } from './places.ts'
import { requestOf } from './request.fixture.ts'

const subnets = [
  { id: 'subnet-a', zone: 'eu-west-1a' },
  { id: 'subnet-b', zone: 'eu-west-1b' },
  { id: 'subnet-c', zone: 'eu-west-1c' },
]
const claims = Array.from({ length: 60 }, (_, i) => `claim-${i}`)
const several = { instanceType: undefined, instanceTypes: ['m7i.large', 'm6i.large'], capacityTypes: ['spot', 'on-demand'] }

test('claims spread over the zones', () => {
  const zones = claims.map(claim => ec2PlaceOf(requestOf({}, { claim }), subnets)?.zone)
  for (const { zone } of subnets) expect(zones.filter(each => each === zone).length).toBeGreaterThan(10)
})

test('the first type and capacity type count, wherever', () => {
  for (const claim of claims) {
    expect(ec2PlaceOf(requestOf(several, { claim }), subnets)).toMatchObject({ instanceType: 'm7i.large', capacityType: 'spot' })
  }
})

describe('what is out of stock is avoided', () => {
  test.each([
    ['a zone', [{ zone: 'eu-west-1a' }], { instanceType: 'm7i.large', capacityType: 'spot' }],
    ['a type', [{ instanceType: 'm7i.large' }], { instanceType: 'm6i.large', capacityType: 'spot' }],
    ['spot', [{ capacityType: 'spot' }], { instanceType: 'm7i.large', capacityType: 'on-demand' }],
    ['all but one', [{ capacityType: 'spot' }, { instanceType: 'm7i.large' }], { instanceType: 'm6i.large', capacityType: 'on-demand' }],
  ])('%s', (_, avoid, expected) => {
    for (const claim of claims) {
      const place = ec2PlaceOf(requestOf(several, { claim, avoid }), subnets)
      expect(place).toMatchObject(expected)
      expect(avoid).not.toContainEqual({ zone: place?.zone })
    }
  })
})

test('when all is to be avoided, attempts take turns', () => {
  const avoid = [{ instanceType: 'm7i.large' }]
  const zones = [1, 2, 3].map(attempt => ec2PlaceOf(requestOf({}, { attempt, avoid }), subnets)?.zone)
  expect(new Set(zones).size).toBe(3)
})

test('a request asks at the same place however often, whatever order subnets are told in', () => {
  for (const claim of claims) {
    const request = requestOf({}, { claim })
    expect(ec2PlaceOf(request, subnets.toReversed())).toEqual(ec2PlaceOf(request, subnets))
  }
})

test('a subnet that comes moves only those claims that go to it', () => {
  const more = [...subnets, { id: 'subnet-d', zone: 'eu-west-1d' }]
  const of = (claim: string, known: typeof subnets) => ec2PlaceOf(requestOf({}, { claim }), known)
  const staying = claims.filter(claim => of(claim, more)?.subnet !== 'subnet-d')
  expect(staying.map(claim => of(claim, more))).toEqual(staying.map(claim => of(claim, subnets)))
  expect(staying.length).toBeLessThan(claims.length)
})

test('a class that names a zone stays in it, and there is no place where no subnet is', () => {
  for (const claim of claims) expect(ec2PlaceOf(requestOf({ zone: 'eu-west-1b' }, { claim }), subnets)?.subnet).toBe('subnet-b')
  expect(ec2PlaceOf(requestOf({ zone: 'eu-west-1d' }), subnets)).toBeUndefined()
})

test('without subnets EC2 chooses the zone, or takes the one that is named', () => {
  expect(ec2PlaceOf(requestOf(), undefined)).toEqual({ instanceType: 'm7i.large', capacityType: 'on-demand' })
  expect(ec2PlaceOf(requestOf({ zone: 'eu-west-1b' }), undefined)).toMatchObject({ zone: 'eu-west-1b' })
})
