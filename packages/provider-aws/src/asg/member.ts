import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2'
import type { Instance } from '@aws-sdk/client-auto-scaling'
import { type GroupMember, type Machine, ProviderError } from '@kube-node/core/provider'
import { type Reading, asRecord, machineOf } from '../ec2/index.ts'
import { type Stage, stageOf } from './lifecycle.ts'
import { groupTags } from './tags.ts'

export interface MemberReading extends Reading {
  /** Wall time in milliseconds. */
  readonly now: number
  /** What the group makes now. */
  readonly revision: string | undefined
}

/**
 * Pure: a member as its group and, where it shows it already, as EC2 tells of it. Undefined for one that is gone. What only EC2 knows is
 * taken to be what harms least until it shows the machine: that it was made this moment, and of the group's own revision.
 */
export const memberOf = (instance: Instance, seen: Ec2Instance | undefined, reading: MemberReading): GroupMember | undefined => {
  const { InstanceId: id, AvailabilityZone: zone } = instance
  if (!id || !zone) throw new ProviderError('Internal', 'AWS described a member of a group without id or zone')
  const machine = seen ? machineOf(seen, reading) : unseen(id, zone, instance, reading)
  const state = stateOf(stageOf(instance), seen && machine.state)
  if (state === 'gone') return undefined
  const revision = seen ? asRecord(seen.Tags)[groupTags.revision] : reading.revision
  return { ...machine, state, ...(revision !== undefined && { revision }) }
}

const unseen = (id: string, zone: string, { InstanceType }: Instance, { region, now }: MemberReading): Machine => ({
  id,
  providerID: `aws:///${zone}/${id}`,
  state: 'starting',
  createdAt: new Date(now).toISOString(),
  region,
  zone,
  ...(InstanceType && { instanceType: InstanceType }),
})

/** A machine that somebody terminates at EC2 serves on for its group, until the next of its health checks. */
const stateOf = (stage: Stage, atEc2: Machine['state'] | undefined): Machine['state'] => {
  if (stage === 'gone' || atEc2 === 'gone') return 'gone'
  if (stage === 'leaving' || atEc2 === 'stopping') return 'stopping'
  if (stage === 'starting') return 'starting'
  return atEc2 === 'stopped' ? 'stopped' : 'running'
}
