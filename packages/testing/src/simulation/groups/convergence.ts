import { type Node, type NodeSet, NodeClasses, findCondition, nameOf } from '@kube-node/core/api'
import { hasJoined, isDeleting, isUp, phaseOf } from '@kube-node/core'
import type { SimulatedGroup } from '../../cloud/index.ts'
import type { Stage } from '../stage.ts'
import { isDriving, memberIn } from './books.ts'
import { poolName } from './estate.ts'

/** A person takes back what holds groups up. */
export const endGroupFaults = async ({ scenario, client, groups }: Stage): Promise<void> => {
  if (!scenario.groups) return
  groups.holdUp = undefined
  await client.patch(NodeClasses, { name: poolName }, { merge: { spec: { config: { instanceType: 'small' }, limits: null } } })
}

/** Why groups, their sets and their Nodes are not what was asked for; undefined when they are. */
export const unconvergedGroups = (stage: Stage): string | undefined => {
  const { truth, cloud, groups } = stage
  const sets = [...truth.sets.all.values()].filter(isDriving)
  for (const set of sets) {
    const problem = setProblem(stage, set, groups.groupOf(set))
    if (problem !== undefined) return problem
  }
  const uids = new Set(sets.map(({ metadata }) => metadata?.uid))
  for (const { id, owner } of cloud.groups.list())
    if (owner && !uids.has(owner.set) && !groups.isKept(id)) return `group ${id} of set ${owner.setName} is left over`
  for (const node of truth.nodes.all.values()) {
    const member = memberIn(node)
    if (member && !uids.has(member.set)) return `node ${nameOf(node)} is still claimed for a set that is gone`
  }
  return undefined
}

const setProblem = (stage: Stage, set: NodeSet, group: SimulatedGroup | undefined): string | undefined => {
  const { cloud, truth, scenario } = stage
  const { status = {}, spec, metadata } = set
  const said = (status.conditions ?? []).map(({ type, status: is, reason, message }) => `${type}=${is} ${reason}: ${message}`).join('; ')
  const wrong = (what: string): string => `set ${nameOf(set)} ${what}; it says: ${said}`
  if (isDeleting(set)) return wrong('is being deleted')
  if (!group) return wrong('has no group')
  const { step = 1, max = Infinity } = scenario.groups ?? {}
  const replicas = spec.replicas ?? 1
  const follows = spec.group?.sizeAuthority === 'group'
  const wanted = follows ? replicas : Math.min(Math.ceil(replicas / step) * step, Math.floor(max / step) * step)
  if (group.size !== wanted) return wrong(`wants ${wanted}, and its group ${group.id} has size ${group.size}`)
  const members = cloud.groups.members(group.id)
  if (members.length !== wanted) return wrong(`wants ${wanted}, and its group ${group.id} has ${members.length} machines`)
  for (const machine of members) {
    const nodes = [...truth.nodes.all.values()].filter(node => memberIn(node)?.machine === machine.id)
    const [node] = nodes
    if (!node || nodes.length > 1) return wrong(`has ${nodes.length} Nodes for machine ${machine.id}`)
    const problem = nodeProblem(node, machine.id)
    if (problem !== undefined) return wrong(problem)
    if (memberIn(node)?.set !== metadata?.uid) return wrong(`has machine ${machine.id}, whose Node ${nameOf(node)} is another set's`)
    if (machine.instanceType !== 'small') return wrong(`has machine ${machine.id} of an old revision`)
  }
  const strays = [...truth.nodes.all.values()].filter(node => memberIn(node)?.set === metadata?.uid).length - members.length
  if (strays > 0) return wrong(`has ${strays} Nodes without a machine`)
  if ((status.availableReplicas ?? 0) !== wanted) return wrong(`says that ${status.availableReplicas ?? 0} of ${wanted} are available`)
  if (status.observedGeneration !== metadata?.generation) return wrong('has not been looked at since it was edited')
  return status.group?.ordered ? wrong(`still holds places for ${status.group.ordered.size} machines`) : undefined
}

const nodeProblem = (node: Node, machine: string): string | undefined => {
  if (isDeleting(node)) return `has Node ${nameOf(node)} that is being deleted`
  if (hasJoined(node) && isUp(node) && phaseOf(node) === 'Running') return undefined
  const why = JSON.stringify(findCondition(node.status?.conditions, 'MachineProvisioned') ?? {})
  return `has Node ${nameOf(node)} of machine ${machine} that does not run: phase ${phaseOf(node)}, ${why}`
}
