import { CreateAutoScalingGroupCommand, type CreateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling'
import { type Call, type Group, type GroupOwner, type GroupRequest, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked, specificationOf } from '../aws/index.ts'
import { subnetsOf } from '../ec2/index.ts'
import type { AutoScalingConfig } from './config.types.ts'
import { describeGroup } from './describe.ts'
import type { GroupFacts } from './facts.ts'
import { refuseIfBusy } from './resize.ts'
import { asGroupTags, tagsOfMachines, tagsOfOwner } from './tags.ts'

/** One group a name: AWS refuses the second one, and the tags tell whose the first one is. */
export const createGroup = async (
  clients: Clients,
  request: GroupRequest<AutoScalingConfig>,
  shown: (facts: GroupFacts) => Promise<Group>,
  call: Call,
): Promise<Group> => {
  const { name, owner, size, revision } = request
  const subnets = await subnetsOf(clients, request.config, call)
  const command = new CreateAutoScalingGroupCommand(
    groupToMake(
      request,
      subnets?.map(({ id }) => id),
    ),
  )
  try {
    await asked('CreateAutoScalingGroup', call, options => clients.autoScaling.send(command, options))
    return { id: name, size, owner, revision, members: [] }
  } catch (error) {
    if (!isTaken(error)) throw error
    const facts = await describeGroup(clients, name, call)
    if (!facts) throw new ProviderError('Unavailable', `group ${name} is there, and not to be seen yet`, { cause: error })
    if (!isSame(facts.owner, owner)) throw error
    refuseIfBusy(facts)
    return shown(facts)
  }
}

/** Pure. @throws ProviderError `InvalidConfig` for a class that does not say enough. */
export const groupToMake = (
  { name, owner, size, revision, config: { launchTemplate, tags } }: GroupRequest<AutoScalingConfig>,
  subnets: readonly string[] | undefined,
): CreateAutoScalingGroupType => {
  if (!launchTemplate || !subnets) {
    const message = 'a group that kube-node creates needs launchTemplate and subnets in the class, or name one that exists in spec.group.id'
    throw new ProviderError('InvalidConfig', message, { outcome: 'none' })
  }
  return {
    AutoScalingGroupName: name,
    MinSize: 0,
    MaxSize: size,
    DesiredCapacity: size,
    LaunchTemplate: specificationOf(launchTemplate),
    VPCZoneIdentifier: subnets.join(','),
    NewInstancesProtectedFromScaleIn: true,
    Tags: [
      ...asGroupTags(name, tagsOfOwner(owner), false),
      ...asGroupTags(name, tagsOfMachines({ Name: owner.setName, ...tags }, revision), true),
    ],
  }
}

const isTaken = (error: unknown): boolean => {
  const cause = ProviderError.is(error) ? error.facts.cause : undefined
  return cause instanceof Error && (cause.name === 'AlreadyExistsFault' || cause.name === 'AlreadyExists')
}

/** Its UID says which set it is: one of the same name may be another. */
const isSame = (theirs: GroupOwner | undefined, { cluster, controller, set }: GroupOwner): boolean =>
  theirs?.cluster === cluster && theirs.controller === controller && theirs.set === set
