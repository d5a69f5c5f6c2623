import {
  type Activity,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-auto-scaling'
import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2'
import type { Call } from '@kube-node/core/provider'
import { type Clients, asked, listIn, pagesOf } from '../aws/index.ts'
import { describeInstances } from '../ec2/index.ts'
import { type GroupFacts, factsOf } from './facts.ts'
import type { Scalers } from './scalers.ts'
import { groupNameTag } from './tags.ts'

/** What Auto Scaling gives at most. */
const MaxRecords = 100
/** Newest first: enough to find the last launch among what else happened. */
const activitiesToRead = 20

const all = async <T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> => {
  const found: T[] = []
  for await (const page of pages) found.push(...page)
  return found
}

/** All groups of the region. */
export async function* describeGroups({ autoScaling }: Clients, call: Call): AsyncGenerator<readonly GroupFacts[]> {
  const pages = pagesOf(
    'DescribeAutoScalingGroups',
    call,
    (from, options) => autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords, ...from }), options),
    ({ AutoScalingGroups }) => AutoScalingGroups,
  )
  for await (const page of pages) yield page.map(factsOf)
}

/** Undefined when there is none. */
export const describeGroup = async ({ autoScaling }: Clients, name: string, call: Call): Promise<GroupFacts | undefined> => {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })
  const { AutoScalingGroups } = await asked('DescribeAutoScalingGroups', call, options => autoScaling.send(command, options))
  const groups = listIn('DescribeAutoScalingGroups', AutoScalingGroups)
  const found = groups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === name)
  return found && factsOf(found)
}

/** Of all groups, in two questions instead of two for each. */
export const describeScalers = async ({ autoScaling }: Clients, call: Call): Promise<Scalers> => ({
  policies: await all(
    pagesOf(
      'DescribePolicies',
      call,
      (from, options) => autoScaling.send(new DescribePoliciesCommand({ MaxRecords, ...from }), options),
      ({ ScalingPolicies }) => ScalingPolicies,
    ),
  ),
  actions: await all(
    pagesOf(
      'DescribeScheduledActions',
      call,
      (from, options) => autoScaling.send(new DescribeScheduledActionsCommand({ MaxRecords, ...from }), options),
      ({ ScheduledUpdateGroupActions }) => ScheduledUpdateGroupActions,
    ),
  ),
})

/** The newest first. */
export const describeActivities = async ({ autoScaling }: Clients, name: string, call: Call): Promise<readonly Activity[]> => {
  const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: activitiesToRead })
  const { Activities } = await asked('DescribeScalingActivities', call, options => autoScaling.send(command, options))
  return listIn('DescribeScalingActivities', Activities)
}

/** The instances of these groups that EC2 shows, by their ids. */
export const describeMembers = async (
  clients: Clients,
  groups: readonly GroupFacts[],
  call: Call,
): Promise<ReadonlyMap<string, Ec2Instance>> => {
  const names = groups.filter(({ members }) => members.length > 0).map(({ name }) => name)
  if (names.length === 0) return new Map()
  const found = await all(describeInstances(clients, { [groupNameTag]: names }, call))
  return new Map(found.map((instance): [string, Ec2Instance] => [instance.InstanceId ?? '', instance]))
}
