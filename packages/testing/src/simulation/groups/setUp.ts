import { NodeClasses, NodeSets, Secrets } from '@kube-node/core/api'
import type { Stage } from '../stage.ts'
import { existingGroup, groupIdOf, groupSetNamed, poolClass, poolSecretWith } from './estate.ts'
import type { GroupScenario, GroupSetPlan } from './scenario.ts'

/** The class of the groups, and the sets that the history begins with. */
export const makeGroupSets = async (stage: Stage, scenario: GroupScenario): Promise<void> => {
  await stage.client.create(Secrets, poolSecretWith())
  await stage.client.create(NodeClasses, poolClass(scenario))
  for (const [i, plan] of scenario.sets.entries()) await makeGroupSet(stage, `pool-${i}`, plan, scenario)
}

/** A person makes a set; of a group that is there, with as many machines as the size of its plan says, where that is imported. */
export const makeGroupSet = async ({ cloud, client }: Stage, name: string, plan: GroupSetPlan, scenario: GroupScenario): Promise<void> => {
  const id = groupIdOf(name)
  const inSteps = Math.ceil(plan.replicas / scenario.step) * scenario.step
  if (plan.imports && !cloud.groups.get(id)) cloud.groups.create(id, existingGroup(scenario, Math.min(inSteps, scenario.max ?? inSteps)))
  await client.create(NodeSets, groupSetNamed(name, plan, scenario))
}
