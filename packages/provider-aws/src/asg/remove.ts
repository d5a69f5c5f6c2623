import { TerminateInstanceInAutoScalingGroupCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { type Call, type ErrorCode, type Group, type Outcome, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import { describeGroup } from './describe.ts'
import type { GroupFacts } from './facts.ts'
import { protectMembers } from './protect.ts'
import { type Removal, removalsOf } from './removals.ts'
import { type Raises, desire, refuseIfBusy } from './resize.ts'

const done: Outcome<void> = { value: undefined }

/**
 * Removes exactly these. What is gone or leaves already is left out by a look beforehand: asked again after a lost answer, nothing shrinks
 * twice.
 */
export const removeMembers = async (
  clients: Clients,
  group: Group,
  ids: readonly string[],
  replace: boolean,
  raises: Raises,
  call: Call,
): Promise<readonly Outcome<void>[]> => {
  const facts = await describeGroup(clients, group.id, call)
  if (!facts) return ids.map(() => done)
  refuseIfBusy(facts)
  const removals = removalsOf(facts, ids, replace)
  if (removals.every(removal => removal === undefined)) return ids.map(() => done)
  await protectMembers(clients, facts, ids, call)
  await lowerMinimum(clients, facts, removals, raises, call)
  const outcomes: Outcome<void>[] = []
  for (const removal of removals) outcomes.push(removal ? await terminated(clients, removal, call) : done)
  await makeUp(clients, facts, removals, outcomes, raises, call)
  return outcomes
}

const lowerMinimum = async (
  { autoScaling }: Clients,
  facts: GroupFacts,
  removals: readonly (Removal | undefined)[],
  raises: Raises,
  call: Call,
): Promise<void> => {
  const desired = facts.desired - removals.filter(removal => removal?.shrinks).length
  if (desired >= facts.min || !raises(facts)) return
  const command = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: facts.name, MinSize: Math.max(0, desired) })
  await asked('UpdateAutoScalingGroup', call, options => autoScaling.send(command, options))
}

/** What AWS may say of one machine and not of another. Anything else ends the whole: what was ordered by then, the next list shows. */
const ofOne: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['Busy', 'InvalidConfig'])

const terminated = async ({ autoScaling }: Clients, { id, shrinks }: Removal, call: Call): Promise<Outcome<void>> => {
  const command = new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: id, ShouldDecrementDesiredCapacity: shrinks })
  try {
    await asked('TerminateInstanceInAutoScalingGroup', call, options => autoScaling.send(command, options))
    return done
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    if (error.code === 'NotFound') return done
    if (ofOne.has(error.code)) return { error }
    throw error
  }
}

/**
 * Others for those that were in standby. Last: whoever dies before it leaves a group that is too small, which grows, and does not make one
 * more each time that it is asked.
 */
const makeUp = async (
  clients: Clients,
  { name }: GroupFacts,
  removals: readonly (Removal | undefined)[],
  outcomes: readonly Outcome<void>[],
  raises: Raises,
  call: Call,
): Promise<void> => {
  const others = removals.filter((removal, at) => removal?.needsOther && outcomes[at]?.error === undefined).length
  if (others === 0) return
  const now = await describeGroup(clients, name, call)
  if (now) await desire(clients, now, now.desired + others, raises, call)
}
