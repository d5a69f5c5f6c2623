import { SetInstanceProtectionCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import type { Call } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import type { GroupFacts } from './facts.ts'
import { stageOf } from './lifecycle.ts'

/** What SetInstanceProtection takes at most. */
const mostIds = 50

/**
 * Whatever the group is told to desire after this, by us or by anybody at the same moment, AWS chooses none of its machines as a victim.
 * Answers whether there was something to do, which takes time: look at the group again then.
 */
export const protectMembers = async (
  { autoScaling }: Clients,
  facts: GroupFacts,
  chosen: readonly string[],
  call: Call,
): Promise<boolean> => {
  const { name, protectsNew } = facts
  if (!protectsNew) {
    const command = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, NewInstancesProtectedFromScaleIn: true })
    await asked('UpdateAutoScalingGroup', call, options => autoScaling.send(command, options))
  }
  const ids = unprotected(facts, chosen)
  for (let at = 0; at < ids.length; at += mostIds) {
    const command = new SetInstanceProtectionCommand({
      AutoScalingGroupName: name,
      InstanceIds: ids.slice(at, at + mostIds),
      ProtectedFromScaleIn: true,
    })
    await asked('SetInstanceProtection', call, options => autoScaling.send(command, options))
  }
  return !protectsNew || ids.length > 0
}

/** Pure: whom to protect. AWS refuses it of a machine that is not in service yet; such a one is protected by its group. */
export const unprotected = ({ members }: GroupFacts, chosen: readonly string[]): readonly string[] =>
  members
    .filter(member => member.ProtectedFromScaleIn !== true && ['serving', 'standby'].includes(stageOf(member)))
    .flatMap(({ InstanceId: id }) => (id !== undefined && !chosen.includes(id) ? [id] : []))
