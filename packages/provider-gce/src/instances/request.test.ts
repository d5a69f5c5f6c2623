import { describe, expect, test } from 'vitest'
import { ownerOf } from './labels.ts'
import { gcePlaceOf } from './places.ts'
import { owner, request } from './request.fixture.ts'
import { instanceOf, maxUserData, requestIdOf } from './request.ts'

const zone = 'europe-west1-b'
const place = { zone, instanceType: 'e2-standard-2', capacityType: 'on-demand' } as const
const image = 'projects/ubuntu-os-cloud/global/images/ubuntu-1'
const items = (of: object): Record<string, string> => {
  // What instanceOf makes, as Google reads it.
  const { metadata } = of as { metadata: { items: { key: string; value: string }[] } }
  return Object.fromEntries(metadata.items.map(({ key, value }) => [key, value]))
}
const made = (bytes: Uint8Array, more = {}): object => instanceOf(request(more, { bootstrap: { kind: 'user-data', bytes } }), place, image)

test("the id of a request is a UUID that is the token's own", () => {
  expect(requestIdOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(requestIdOf('a')).toBe(requestIdOf('a'))
  expect(requestIdOf('a')).not.toBe(requestIdOf('b'))
})

test('the least that a class says is a machine without credentials and without an address of the internet', () =>
  expect(instanceOf(request(), place, image)).toEqual({
    name: 'n1',
    machineType: `zones/${zone}/machineTypes/e2-standard-2`,
    labels: { 'kube-node-cluster': 'c-1', 'kube-node-claim': 'u-1' },
    metadata: { items: [{ key: 'kube-node-owner', value: JSON.stringify(owner) }] },
    disks: [
      {
        boot: true,
        autoDelete: true,
        initializeParams: {
          sourceImage: image,
          diskType: `zones/${zone}/diskTypes/pd-balanced`,
          labels: { 'kube-node-cluster': 'c-1', 'kube-node-claim': 'u-1' },
        },
      },
    ],
    networkInterfaces: [{ network: 'global/networks/default' }],
    serviceAccounts: [],
    shieldedInstanceConfig: { enableSecureBoot: false, enableVtpm: true, enableIntegrityMonitoring: true },
    scheduling: { provisioningModel: 'STANDARD', onHostMaintenance: 'MIGRATE', automaticRestart: true },
  }))

test('every disk goes with its machine', () => {
  const { disks } = instanceOf(request({ disks: [{ name: 'data', sizeGiB: 10 }], localSsds: 2 }), place, image) as {
    disks: { autoDelete: boolean }[]
  }
  expect(disks.map(({ autoDelete }) => autoDelete)).toEqual([true, true, true, true])
})

test.each([
  ['delete', 'DELETE'],
  ['stop', 'STOP'],
])('a spot machine that Google takes back is %sd', (spotTermination, instanceTerminationAction) =>
  expect(instanceOf(request({ spotTermination }), { ...place, capacityType: 'spot' }, image)).toMatchObject({
    scheduling: { provisioningModel: 'SPOT', instanceTerminationAction, automaticRestart: false },
  }),
)

test('a machine with GPUs is ended where it can not be moved', () =>
  expect(instanceOf(request({ accelerators: [{ type: 'nvidia-l4', count: 1 }] }), place, image)).toMatchObject({
    scheduling: { onHostMaintenance: 'TERMINATE' },
    guestAccelerators: [{ acceleratorType: `zones/${zone}/acceleratorTypes/nvidia-l4`, acceleratorCount: 1 }],
  }))

describe('user data', () => {
  test('that is text is metadata as it is', () =>
    expect(items(made(Buffer.from('#cloud-config\n# ü\n')))).toMatchObject({ 'user-data': '#cloud-config\n# ü\n' }))
  test('that is none is base64, and says so', () => {
    const bytes = Uint8Array.from([0x1f, 0x8b, 0xff])
    expect(items(made(bytes))).toMatchObject({ 'user-data': 'H4v/', 'user-data-encoding': 'base64' })
  })
  test('may be a startup script, which has to be text', () => {
    expect(items(made(Buffer.from('#!/bin/sh\n'), { bootstrapBy: 'startup-script' }))).toMatchObject({ 'startup-script': '#!/bin/sh\n' })
    expect(() => made(Uint8Array.from([0xff]), { bootstrapBy: 'startup-script' })).toThrow('has to be text')
  })
  test('as long as is declared fits, also as base64', () => {
    expect(() => made(new Uint8Array(maxUserData).fill(0xff))).not.toThrow()
    expect(() => made(new Uint8Array(maxUserData + 3).fill(0xff))).toThrow('Google takes 262144')
  })
})

describe('the place of an attempt', () => {
  const zones = ['europe-west1-b', 'europe-west1-c', 'europe-west1-d']
  const of = (more: object, rest: object = {}) =>
    gcePlaceOf(request({ zone: undefined, zones, capacityTypes: ['spot', 'on-demand'], ...more }, rest))
  const claims = Array.from({ length: 60 }, (_, i) => ({ owner: { ...owner, claim: `u-${i}` } }))

  test('is spread over the zones by the claim', () => {
    const counts = zones.map(each => claims.filter(claim => of({}, claim)?.zone === each).length)
    expect(Math.min(...counts)).toBeGreaterThan(10)
  })
  test('is the same for the same request', () => expect(of({})).toEqual(of({})))
  test('is in the one zone that a set has chosen', () => expect(of({ zone: 'europe-west1-d' })?.zone).toBe('europe-west1-d'))
  test('keeps away from what was out of stock: first another zone, then another kind', () => {
    const first = of({})
    const second = of({}, { avoid: [{ zone: first?.zone, instanceType: 'e2-standard-2', capacityType: 'spot' }] })
    expect(second?.capacityType).toBe('spot')
    expect(second?.zone).not.toBe(first?.zone)
    expect(of({}, { avoid: [{ capacityType: 'spot' }] })).toMatchObject({ zone: first?.zone, capacityType: 'on-demand' })
  })
  test('takes turns where all is to be avoided', () => {
    const turns = [1, 2, 3, 4, 5, 6].map(attempt => JSON.stringify(of({}, { avoid: [{}], owner: { ...owner, attempt } })))
    expect(new Set(turns).size).toBe(6)
  })
})

describe('an owner', () => {
  const { labels, metadata } = instanceOf(request(), place, image) as {
    labels: Record<string, string>
    metadata: { items: { key: string; value: string }[] }
  }
  test('is read back as it was written', () => expect(ownerOf({ labels, metadata })).toEqual(owner))
  test.each([
    ['labels that say another claim', { labels: { ...labels, 'kube-node-claim': 'u-2' }, metadata }],
    ['no labels', { labels: {}, metadata }],
    ['no metadata', { labels }],
    ['metadata that is no JSON', { labels, metadata: { items: [{ key: 'kube-node-owner', value: '{' }] } }],
    [
      'an attempt that is none',
      { labels, metadata: { items: [{ key: 'kube-node-owner', value: JSON.stringify({ ...owner, attempt: 0 }) }] } },
    ],
  ])('is nobody, by %s', (_, instance) => expect(ownerOf(instance)).toBeUndefined())
})
