import { describe, expect, test } from 'vitest'
import { credentials, keysOf } from '../aws/index.ts'
import { parsed } from './request.fixture.ts'

test('defaults are the safe ones', () =>
  expect(parsed()).toEqual({
    region: 'eu-west-1',
    instanceType: 'm7i.large',
    ami: { id: 'ami-0a1' },
    capacityTypes: ['on-demand'],
    volumes: [],
    metadata: { httpTokens: 'required', hopLimit: 1 },
    tags: {},
  }))

describe('is refused, with what is wrong', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a typo', { instancetype: 'm7i.large' }, 'instancetype'],
    ['no type', { instanceType: undefined }, 'instanceType: name either instanceType or instanceTypes'],
    ['two ways to say types', { instanceTypes: ['m7i.large'] }, 'instanceType: name either instanceType or instanceTypes'],
    ['a region that is none', { region: 'Ireland' }, 'region'],
    ['two ways to say an image', { ami: { id: 'ami-0a1', ssmParameter: '/x' } }, 'ami: name exactly one of'],
    ['no way to say an image', { ami: {} }, 'ami: name exactly one of'],
    ['images of whoever calls them so', { ami: { filters: { name: ['al2023-*'] } } }, 'ami: filters need owners'],
    ['owners alone', { ami: { id: 'ami-0a1', owners: ['self'] } }, 'ami: owners go with filters'],
    ['subnets by both', { subnets: { ids: ['subnet-1'], tags: { a: 'b' } } }, 'subnets: name either ids or tags'],
    ['subnets by no tag', { subnets: { tags: {} } }, 'subnets.tags: without a tag all would be meant'],
    ['a price without spot', { spotMaxPrice: '0.1' }, 'spotMaxPrice: capacityTypes does not have spot'],
    ['a device twice', { rootVolume: { device: '/dev/sdf' }, volumes: [{ device: '/dev/sdf', sizeGiB: 1 }] }, 'volumes: two volumes'],
    ['a volume of no size', { volumes: [{ device: '/dev/sdf' }] }, 'volumes.0: a volume needs sizeGiB or snapshotId'],
    ['a key without encryption', { rootVolume: { encrypted: false, kmsKeyId: 'k' } }, 'rootVolume: kmsKeyId needs encrypted'],
    ['a reserved tag', { tags: { 'aws:x': 'y' } }, 'tags: keys that begin with aws:'],
    ['a partition of nothing', { placement: { partition: 1 } }, 'placement: partition needs group'],
    ['two reservations', { capacityReservation: { id: 'cr-1', preference: 'open' } }, 'capacityReservation: name exactly one of'],
  ])('%s', (_, more, problem) => expect(() => parsed(more)).toThrow(problem))
})

describe('the Secret', () => {
  const read = (entries: Readonly<Record<string, string>>) => credentials['~standard'].validate(entries)
  const key = { accessKeyId: 'AKIA', secretAccessKey: 's' }
  test('holds a key', () => expect(read(key)).toEqual({ value: key }))
  test('may be none: then the controller has credentials of its own', () => {
    expect(read({})).toEqual({ value: {} })
    expect(keysOf({})).toBeUndefined()
  })
  test.each([
    [{ accessKeyId: 'AKIA' }],
    [{ secretAccessKey: 's' }],
    [{ sessionToken: 't' }],
    [{ aws_access_key_id: 'AKIA' }],
    [{ ...key, more: 'x' }],
  ])('that holds something else is refused, and not taken for none: %o', entries => expect(read(entries)).toHaveProperty('issues'))
})
