import type { InstanceTypeInfo } from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { capacityOf } from './capacity.ts'

const type = (cpus: number, memoryMiB: number, interfaces: number, addresses: number): InstanceTypeInfo => ({
  VCpuInfo: { DefaultVCpus: cpus },
  MemoryInfo: { SizeInMiB: memoryMiB },
  NetworkInfo: { MaximumNetworkInterfaces: interfaces, Ipv4AddressesPerInterface: addresses },
})
const large = type(2, 8_192, 3, 10)

test('a type has what AWS says of it, and a pod for each address that is left, as EKS counts for m5.large', () => {
  expect(capacityOf([large], 20)).toEqual({ cpu: '2', memory: '8192Mi', pods: '29', 'ephemeral-storage': '20Gi' })
})
test('of several types each has at least so much', () => {
  expect(capacityOf([large, type(4, 4_096, 2, 4)], undefined)).toEqual({ cpu: '2', memory: '4096Mi', pods: '8' })
})
test.each([
  ['no type at all', []],
  ['a type without memory', [large, { ...large, MemoryInfo: undefined }]],
])('%s is no capacity', (_, types) => expect(() => capacityOf(types, 20)).toThrow(/AWS describes a type without/))
