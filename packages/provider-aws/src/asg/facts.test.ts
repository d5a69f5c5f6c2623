import { describe, expect, test } from 'vitest'
import { desiredFor, factsOf, lacksMachines, limitsOf, sizeOf } from './facts.ts'
import { described, factsFor, instance } from './group.fixture.ts'

describe('the size of a group', () => {
  test('is what AWS desires', () => expect(sizeOf(factsFor())).toBe(2))

  test('does not change when a machine goes into standby, whether AWS makes another one for it or not', () => {
    const without = factsFor({ DesiredCapacity: 1, Instances: [instance('i-1'), instance('i-2', 'Standby')] })
    expect(sizeOf(without)).toBe(without.members.length)
    const withAnother = factsFor({ DesiredCapacity: 2, Instances: [instance('i-1'), instance('i-2', 'EnteringStandby'), instance('i-3')] })
    expect(sizeOf(withAnother)).toBe(withAnother.members.length)
  })

  test('is ordered without those in standby, and limits move with them', () => {
    const facts = factsFor({ DesiredCapacity: 1, Instances: [instance('i-1'), instance('i-2', 'Standby')] })
    expect(desiredFor(facts, 4)).toBe(3)
    expect(limitsOf(facts)).toEqual({ min: 2, max: 6 })
  })

  test('does not count the warm pool, and neither do its machines', () => {
    const facts = factsFor({ Instances: [instance('i-1'), instance('i-2'), instance('i-3', 'Warmed:Stopped')] })
    expect(facts.members.map(({ InstanceId }) => InstanceId)).toEqual(['i-1', 'i-2'])
  })

  test.each([
    ['vCPUs', { DesiredCapacityType: 'vcpu' }],
    [
      'weights',
      {
        MixedInstancesPolicy: {
          LaunchTemplate: { Overrides: [{ InstanceType: 'm7i.large' }, { InstanceType: 'm7i.xlarge', WeightedCapacity: '2' }] },
        },
      },
    ],
  ])('is the number of machines where AWS counts %s', (_, more) => {
    const facts = factsFor({ DesiredCapacity: 8, Instances: [instance('i-1'), instance('i-2'), instance('i-3', 'Terminating')], ...more })
    expect(facts.isWeighted).toBe(true)
    expect(sizeOf(facts)).toBe(2)
  })
})

test.each([
  ['all are there', ['InService', 'InService'], false],
  ['one starts', ['InService', 'Pending:Wait'], false],
  ['one is in standby', ['InService', 'Standby'], true],
  ['one leaves', ['InService', 'Terminating:Wait'], true],
  ['one is missing', ['InService'], true],
] as const)('a group that desires two and in which %s', (_, states, lacks) => {
  const Instances = states.map((state, at) => instance(`i-${at}`, state))
  expect(lacksMachines(factsFor({ Instances }))).toBe(lacks)
})

test.each(['AutoScalingGroupName', 'DesiredCapacity', 'MinSize', 'MaxSize'] as const)('an answer without %s is none', key =>
  expect(() => factsOf({ ...described(), [key]: undefined })).toThrow('without name or sizes'),
)
