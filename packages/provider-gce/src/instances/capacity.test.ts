import { expect, test } from 'vitest'
import { capacityOf } from './capacity.ts'

const small = { guestCpus: 2, memoryMb: 8_192 }
const large = { guestCpus: 4, memoryMb: 4_096 }

test('of several types a machine has what each of them has at least', () =>
  expect(capacityOf([small, large], 50)).toEqual({ cpu: '2', memory: '4096Mi', pods: '110', 'ephemeral-storage': '50Gi' }))

test('a disk of which nobody knows the size is left out', () =>
  expect(capacityOf([small], Number.NaN)).not.toHaveProperty('ephemeral-storage'))

test.each([[{ memoryMb: 1 }], [{ guestCpus: 1 }]])('half of a type is an error: %j', type =>
  expect(() => capacityOf([small, type], 50)).toThrow('Google describes a machine type without its'),
)
