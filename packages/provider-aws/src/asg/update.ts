import { CreateOrUpdateTagsCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { type Call, type Group, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import { subnetsOf } from '../ec2/index.ts'
import type { AutoScalingConfig } from './config.types.ts'
import { describeGroup } from './describe.ts'
import { protectMembers } from './protect.ts'
import { refuseIfBusy } from './resize.ts'
import { asGroupTags, tagsOfMachines } from './tags.ts'
import { templateChange } from './template.ts'

/**
 * What the group makes from now on, and then the tag that says so: a machine that comes in between carries the old revision, and is
 * replaced once too often. The other way round one of the old class would be taken for new for ever.
 */
export const updateGroup = async (
  clients: Clients,
  group: Group,
  { config, revision }: { readonly config: AutoScalingConfig; readonly revision: string },
  call: Call,
): Promise<void> => {
  const facts = await describeGroup(clients, group.id, call)
  if (!facts) throw new ProviderError('NotFound', `there is no Auto Scaling group ${group.id}`)
  refuseIfBusy(facts)
  const subnets = await subnetsOf(clients, config, call)
  const change = templateChange(
    facts,
    config,
    subnets?.map(({ id }) => id),
  )
  if (change) {
    // AWS moves machines out of a zone that it is told to leave.
    if (change.VPCZoneIdentifier !== undefined) await protectMembers(clients, facts, [], call)
    await asked('UpdateAutoScalingGroup', call, options => clients.autoScaling.send(new UpdateAutoScalingGroupCommand(change), options))
  }
  const Tags = asGroupTags(group.id, tagsOfMachines(config.tags, revision), true)
  await asked('CreateOrUpdateTags', call, options => clients.autoScaling.send(new CreateOrUpdateTagsCommand({ Tags }), options))
}
