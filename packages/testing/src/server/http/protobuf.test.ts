import { expect, test } from 'vitest'
import { decodeProtobuf } from './protobuf.ts'

/** A small writer of the wire format: what Go's generated code does. */
const varint = (value: bigint): readonly number[] => {
  const bytes: number[] = []
  let left = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0))
    left >>= 7n
  } while (left > 0n)
  return bytes
}
type Value = string | bigint | boolean | readonly number[]
const field = (number: number, value: Value): readonly number[] => {
  if (typeof value === 'bigint') return [...varint(BigInt(number << 3)), ...varint(value)]
  if (typeof value === 'boolean') return field(number, value ? 1n : 0n)
  const bytes = typeof value === 'string' ? [...Buffer.from(value)] : value
  return [...varint(BigInt((number << 3) | 2)), ...varint(BigInt(bytes.length)), ...bytes]
}
const message = (...fields: readonly (readonly number[])[]): readonly number[] => fields.flat()
const envelope = (apiVersion: string, kind: string, raw: readonly number[]): Uint8Array =>
  Uint8Array.from([0x6b, 0x38, 0x73, 0, ...field(1, message(field(1, apiVersion), field(2, kind))), ...field(2, raw)])

test('An eviction as kubectl 1.37 drain sends it', () => {
  const meta = message(
    field(1, 'a'),
    field(2, ''),
    field(3, 'default'),
    field(4, ''),
    field(5, ''),
    field(6, ''),
    field(7, 0n),
    field(8, []),
  )
  const options = message(field(1, 0n))
  expect(decodeProtobuf(envelope('policy/v1', 'Eviction', message(field(1, meta), field(2, options))))).toEqual({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'a', namespace: 'default' },
    deleteOptions: { gracePeriodSeconds: 0 },
  })
})

test('Maps, lists, times, bytes and inlined structs', () => {
  const time = message(field(1, 1_767_225_600n), field(2, 0n))
  const taint = message(field(1, 'k'), field(2, ''), field(3, 'NoSchedule'), field(4, time))
  const labels = [field(11, message(field(1, 'x'), field(2, 'y'))), field(11, message(field(1, 'z')))].flat()
  expect(
    decodeProtobuf(
      envelope(
        'v1',
        'Node',
        message(
          field(1, message(field(1, 'n'), labels, field(14, 'a/b'), field(14, 'c/d'))),
          field(2, message(field(4, true), field(5, taint))),
        ),
      ),
    ),
  ).toEqual({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels: { x: 'y', z: '' }, finalizers: ['a/b', 'c/d'] },
    spec: { unschedulable: true, taints: [{ key: 'k', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' }] },
  })
  expect(
    decodeProtobuf(envelope('v1', 'Secret', message(field(2, message(field(1, 'k'), field(2, [1, 2, 3]))), field(3, 'Opaque')))),
  ).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    data: { k: 'AQID' },
    type: 'Opaque',
  })
  const volume = message(field(1, 'v'), field(2, message(field(2, message(field(1, ''))))))
  expect(decodeProtobuf(envelope('v1', 'Pod', field(2, field(1, volume))))).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { volumes: [{ name: 'v', emptyDir: {} }] },
  })
})

test('Numbers behind pointers are there though they are 0, and negative ones are negative', () => {
  const spec = message(field(1, 0n), field(8, false))
  expect(decodeProtobuf(envelope('apps/v1', 'Deployment', field(2, spec)))).toMatchObject({ spec: { replicas: 0 } })
  expect(decodeProtobuf(envelope('v1', 'DeleteOptions', field(1, -1n)))).toEqual({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: -1,
  })
})

test('A Lease has its microseconds, a budget its number or percentage', () => {
  const micro = message(field(1, 1_767_225_600n), field(2, 123_456_000n))
  expect(decodeProtobuf(envelope('coordination.k8s.io/v1', 'Lease', field(2, field(4, micro))))).toMatchObject({
    spec: { renewTime: '2026-01-01T00:00:00.123456Z' },
  })
  const budget = (portion: readonly number[]): unknown =>
    decodeProtobuf(envelope('policy/v1', 'PodDisruptionBudget', field(2, field(1, portion))))
  expect(budget(message(field(1, 0n), field(2, 3n), field(3, '')))).toMatchObject({ spec: { minAvailable: 3 } })
  expect(budget(message(field(1, 1n), field(2, 0n), field(3, '50%')))).toMatchObject({ spec: { minAvailable: '50%' } })
})

test.each([
  ['no envelope', Uint8Array.from([1, 2, 3, 4, 5]), /no Kubernetes protobuf message/],
  ['a message that ends too early', Uint8Array.from([0x6b, 0x38, 0x73, 0, 0x0a, 0x20, 1]), /ends too early/],
  ['a kind that is not known', envelope('v1', 'ResourceQuota', []), /no kind "ResourceQuota"/],
])('Refused: %s', (_what, bytes, why) => {
  expect(() => decodeProtobuf(bytes)).toThrow(why)
})
