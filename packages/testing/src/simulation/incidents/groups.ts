import { type Node, NodeClasses, NodeSets, Nodes, nameOf } from '@kube-node/core/api'
import type { SimulatedMachine } from '../../cloud/index.ts'
import { chanceOf } from '../chance.ts'
import { memberIn } from '../groups/books.ts'
import { poolName } from '../groups/estate.ts'
import { drawGroupSet } from '../groups/scenario.ts'
import { makeGroupSet } from '../groups/setUp.ts'
import type { Incident } from '../kinds.ts'
import type { Stage } from '../stage.ts'
import { orderPlays } from './groupOrders.ts'
import { type Plays, among, byName, groupSetsOf, lasting } from './play.ts'

const membersOf = ({ cloud }: Stage): readonly SimulatedMachine[] =>
  cloud.machines().filter(({ group, state }) => group !== undefined && (state === 'running' || state === 'starting'))

const memberNodes = ({ truth }: Stage): readonly Node[] =>
  [...truth.nodes.all.values()].filter(node => memberIn(node) && node.metadata?.deletionTimestamp === undefined).sort(byName)

const deleteSet = async (
  stage: Stage,
  { which }: Incident,
  propagation: 'Background' | 'Foreground' | 'Orphan',
): Promise<string | undefined> => {
  const set = among(groupSetsOf(stage), which)
  if (!set) return undefined
  await stage.client.delete(NodeSets, { name: nameOf(set) }, { uid: set.metadata?.uid ?? '', propagation })
  return `a person deletes set ${nameOf(set)} (${propagation}), whose group it is to ${set.spec.group?.deletionPolicy ?? ''}`
}

/** What people, and other programs, do with groups, their sets and their members. */
export const groupPlays: Plays<'groups'> = {
  ...orderPlays,
  async 'scale-group-set'(stage, { which }) {
    const set = among(groupSetsOf(stage), which)
    if (!set) return undefined
    const replicas = Math.floor((which * 131) % 7)
    await stage.client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas } } })
    return `a person scales set ${nameOf(set)} from ${set.spec.replicas ?? 1} to ${replicas}`
  },
  async 'create-group-set'(stage, { which, at }) {
    const { groups } = stage.scenario
    if (!groups) return undefined
    const name = `pool-${Math.floor(which * 3)}`
    const plan = drawGroupSet(chanceOf(stage.scenario.seed, `set of groups ${at}`).next)
    await makeGroupSet(stage, name, plan, groups)
    return `a person makes set ${name}: ${JSON.stringify(plan)}`
  },
  'delete-group-set': (stage, incident) => deleteSet(stage, incident, (incident.which * 100) % 1 < 0.5 ? 'Background' : 'Foreground'),
  'orphan-group-set': (stage, incident) => deleteSet(stage, incident, 'Orphan'),
  async 'tune-group-set'(stage, { which }) {
    const set = among(groupSetsOf(stage), which)
    if (!set) return undefined
    const rollingUpdate = { maxSurge: Math.floor((which * 37) % 3), maxUnavailable: 1 + Math.floor((which * 53) % 2) }
    await stage.client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { strategy: { rollingUpdate } } } })
    return `a person edits set ${nameOf(set)}: ${JSON.stringify(rollingUpdate)}`
  },
  async 'roll-pool'({ client }, { which }) {
    const instanceType = which < 0.6 ? 'medium' : 'small'
    await client.patch(NodeClasses, { name: poolName }, { merge: { spec: { config: { instanceType } } } })
    return `a person lets groups be made of ${instanceType} machines`
  },
  async 'limit-pool'({ client }, { which }) {
    const nodes = which < 0.3 ? null : 1 + Math.floor(which * 10)
    await client.patch(NodeClasses, { name: poolName }, { merge: { spec: { limits: nodes === null ? null : { nodes } } } })
    return nodes === null ? 'a person takes the limit off the class of groups' : `a person limits the class of groups to ${nodes} nodes`
  },
  async 'delete-group-node'(stage, { which }) {
    const node = among(memberNodes(stage), which)
    if (!node) return undefined
    await stage.client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
    return `a person deletes node ${nameOf(node)} of a group`
  },
  'resize-group'(stage, { which }) {
    const group = among(
      stage.cloud.groups.list().filter(({ ending }) => !ending),
      which,
    )
    if (!group) return undefined
    const { step = 1, max = Infinity } = group
    const size = Math.min(max, Math.floor((which * 131) % 6) * step)
    stage.groups.resize(group.id, size)
    return `somebody resizes group ${group.id} from ${group.size} to ${size}`
  },
  'terminate-member'(stage, { which }) {
    const machine = among(membersOf(stage), which)
    if (!machine) return undefined
    const listed = (which * 100) % 1 < 0.6
    stage.cloud.kill(machine.id, { listed })
    return `somebody terminates machine ${machine.id} of group ${machine.group?.id ?? ''}${listed ? '' : ', and no list shows it any more'}`
  },
  'silence-member'(stage, { which, ms }) {
    const machine = among(membersOf(stage), which)
    if (!machine) return undefined
    stage.kubelets.stop(machine.id)
    lasting(stage, ms + 30_000, `the silence of the kubelet of ${machine.id}`, () => stage.kubelets.start(machine.id))
    return `the kubelet of ${machine.id} of group ${machine.group?.id ?? ''} falls silent`
  },
  'busy-group'(stage, { which, ms }) {
    const group = among(
      stage.cloud.groups.list().filter(({ busy }) => busy === undefined),
      which,
    )
    if (!group) return undefined
    const busy = stage.cloud.groups.busy(group.id, 'it is being looked after')
    lasting(stage, ms, `the work on group ${group.id}`, () => busy[Symbol.dispose]())
    return `group ${group.id} takes no orders for ${ms} ms`
  },
}
