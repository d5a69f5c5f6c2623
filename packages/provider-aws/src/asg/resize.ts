import { SetDesiredCapacityCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { type Call, type Group, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import { describeGroup } from './describe.ts'
import { type GroupFacts, desiredFor, sizeOf } from './facts.ts'
import { protectMembers } from './protect.ts'

/** Do the limits of this group move with its size? */
export type Raises = (facts: GroupFacts) => boolean

/**
 * Makes a group larger. AWS takes no precondition, so that somebody may resize it between our look and our order; its machines are
 * protected before, and a size that is too small for them then kills none.
 */
export const resizeGroup = async (clients: Clients, group: Group, size: number, raises: Raises, call: Call): Promise<void> => {
  if (size < group.size) {
    throw new ProviderError('InvalidConfig', `group ${group.id} has ${group.size}: AWS would choose what goes for ${size}`, {
      outcome: 'none',
    })
  }
  const facts = await ready(clients, group.id, call)
  if (hasSize(facts, group, size)) return
  const now = (await protectMembers(clients, facts, [], call)) ? await ready(clients, group.id, call) : facts
  if (hasSize(now, group, size)) return
  await desire(clients, now, desiredFor(now, size), raises, call)
}

/** The group as it is now, where it takes orders. @throws ProviderError `NotFound`, `Busy`. */
const ready = async (clients: Clients, name: string, call: Call): Promise<GroupFacts> => {
  const facts = await describeGroup(clients, name, call)
  if (!facts) throw new ProviderError('NotFound', `there is no Auto Scaling group ${name}`)
  refuseIfBusy(facts)
  return facts
}

export const refuseIfBusy = ({ name, status }: GroupFacts): void => {
  if (status !== undefined) throw new ProviderError('Busy', `group ${name}: ${status}`, { outcome: 'none' })
}

/** Pure. @throws ProviderError `Busy` for another size than the one that was seen. */
export const hasSize = (facts: GroupFacts, group: Group, size: number): boolean => {
  const now = sizeOf(facts)
  if (now === size) return true
  if (facts.isWeighted) {
    const message = `the capacity of group ${group.id} is counted in weights: it can't be told a number of machines`
    throw new ProviderError('InvalidConfig', message, { outcome: 'none' })
  }
  if (now !== group.size) throw new ProviderError('Busy', `group ${group.id} has ${now} by now, not ${group.size}`, { outcome: 'none' })
  return false
}

/** One call, the limit that it needs included. AWS refuses what is beyond any other. */
export const desire = async ({ autoScaling }: Clients, facts: GroupFacts, desired: number, raises: Raises, call: Call): Promise<void> => {
  const order = { AutoScalingGroupName: facts.name, DesiredCapacity: desired }
  if (desired > facts.max && raises(facts)) {
    const command = new UpdateAutoScalingGroupCommand({ ...order, MaxSize: desired })
    await asked('UpdateAutoScalingGroup', call, options => autoScaling.send(command, options))
    return
  }
  const command = new SetDesiredCapacityCommand({ ...order, HonorCooldown: false })
  await asked('SetDesiredCapacity', call, options => autoScaling.send(command, options))
}
