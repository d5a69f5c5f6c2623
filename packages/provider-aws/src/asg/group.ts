import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2'
import type { Group } from '@kube-node/core/provider'
import type { Reading } from '../ec2/index.ts'
import { type GroupFacts, limitsOf, sizeOf } from './facts.ts'
import { memberOf } from './member.ts'
import { type Scalers, scaledBy } from './scalers.ts'
import { groupTags } from './tags.ts'

export interface GroupReading extends Reading {
  /** Wall time in milliseconds. */
  readonly now: number
  /** Instances of EC2 by their ids. */
  readonly seen: ReadonlyMap<string, Ec2Instance>
  readonly scalers: Scalers
  /** In words, why it lacks machines. */
  readonly problem: string | undefined
  /** Its limits move with its size. */
  readonly raises: boolean
}

/** Pure. */
export const groupOf = (facts: GroupFacts, { seen, scalers, problem, raises, ...reading }: GroupReading): Group => {
  const { name, status, owner } = facts
  const revision = facts.tags[groupTags.revision]
  const autoscaled = scaledBy(facts, scalers)
  return {
    id: name,
    size: sizeOf(facts),
    ...(!raises && limitsOf(facts)),
    ...(status !== undefined && { busy: status }),
    ...(problem !== undefined && { problem }),
    ...(autoscaled !== undefined && { autoscaled }),
    ...(owner && { owner }),
    ...(revision !== undefined && { revision }),
    members: facts.members.flatMap(instance => memberOf(instance, seen.get(instance.InstanceId ?? ''), { ...reading, revision }) ?? []),
  }
}
