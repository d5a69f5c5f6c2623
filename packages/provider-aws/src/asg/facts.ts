import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling'
import { type GroupOwner, ProviderError } from '@kube-node/core/provider'
import { type Tags, asRecord } from '../ec2/index.ts'
import { stageOf } from './lifecycle.ts'
import { groupOwnerOf } from './tags.ts'

/** What AWS says of a group, checked. */
export interface GroupFacts {
  readonly name: string
  /** As AWS counts: without those in standby. */
  readonly desired: number
  readonly min: number
  readonly max: number
  /** Those that are not gone, without the warm pool, which is no part of a group's size. */
  readonly members: readonly Instance[]
  readonly tags: Tags
  readonly owner: GroupOwner | undefined
  /** Set only while the group is being deleted. */
  readonly status: string | undefined
  /** New machines can't be chosen as victims. */
  readonly protectsNew: boolean
  readonly suspended: ReadonlySet<string>
  /** Ids of subnets. */
  readonly subnets: readonly string[]
  /** It launches from a mixed instances policy, not from one template. */
  readonly isMixed: boolean
  /** Capacity is counted in weights, vCPUs or memory instead of machines. */
  readonly isWeighted: boolean
}

/** Pure. @throws ProviderError `Internal` for an answer that is none. */
export const factsOf = (group: AutoScalingGroup): GroupFacts => {
  const { AutoScalingGroupName: name, DesiredCapacity: desired, MinSize: min, MaxSize: max, Instances = [] } = group
  if (!name || desired === undefined || min === undefined || max === undefined)
    throw new ProviderError('Internal', 'AWS described a group without name or sizes')
  const tags = asRecord(group.Tags)
  const { LaunchTemplate: { Overrides = [] } = {} } = group.MixedInstancesPolicy ?? {}
  return {
    name,
    desired,
    min,
    max,
    members: Instances.filter(instance => stageOf(instance) !== 'gone'),
    tags,
    owner: groupOwnerOf(tags),
    status: group.Status || undefined,
    protectsNew: group.NewInstancesProtectedFromScaleIn === true,
    suspended: new Set((group.SuspendedProcesses ?? []).map(({ ProcessName = '' }) => ProcessName)),
    subnets: (group.VPCZoneIdentifier ?? '').split(',').filter(id => id !== ''),
    isMixed: group.MixedInstancesPolicy !== undefined,
    isWeighted:
      (group.DesiredCapacityType ?? 'units') !== 'units' || Overrides.some(({ WeightedCapacity = '1' }) => WeightedCapacity !== '1'),
  }
}

const standbyOf = ({ members }: GroupFacts): number => members.filter(member => stageOf(member) === 'standby').length

/**
 * How many machines the group shall have. AWS takes one that goes into standby out of what it desires, or makes another one for it: either
 * way it is there, and without it a group would have one too many.
 */
export const sizeOf = (facts: GroupFacts): number =>
  facts.isWeighted ? facts.members.filter(member => stageOf(member) !== 'leaving').length : facts.desired + standbyOf(facts)

/** What AWS is to desire for that size. */
export const desiredFor = (facts: GroupFacts, size: number): number => size - standbyOf(facts)

/** The limits, as sizes. */
export const limitsOf = (facts: GroupFacts): { readonly min: number; readonly max: number } => ({
  min: facts.min + standbyOf(facts),
  max: facts.max + standbyOf(facts),
})

/** Fewer machines than AWS desires are there or on their way. */
export const lacksMachines = ({ members, desired, isWeighted }: GroupFacts): boolean =>
  !isWeighted && members.filter(member => ['starting', 'serving'].includes(stageOf(member))).length < desired
