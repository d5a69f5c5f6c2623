import { type Node, type NodeSet, Nodes, NodeClasses, findCondition, finalizers, nameOf } from '@kube-node/core/api'
import { hasJoined, isBroken, isClaim, isDeleting, isUp, phaseOf, recordOf } from '@kube-node/core'
import { isNotFound } from '@kube-node/core/kube'
import type { SimulatedCloud, SimulatedMachine } from '../cloud/index.ts'
import type { RequestRecord } from '../server/index.ts'
import { calm } from './weather.ts'
import { className, controllerUser } from './estate.ts'
import type { Stage } from './stage.ts'

/** From the end of all faults. Drains may take their time, and some errors are tried again after ten minutes. */
export const convergenceMs: number = 40 * 60_000
/** For so long nothing is written when all is as it was asked for. */
export const quietMs: number = 3 * 60_000

/** Nothing goes wrong any more, and a person repairs what people broke. */
export const endFaults = async (stage: Stage): Promise<void> => {
  const { weather, cloud, kubelets, managers, client, world } = stage
  world.tell('* all faults end')
  weather.api = calm
  weather.cloud = calm
  for (const map of [weather.cutFromApi, weather.cutFromCloud, weather.silent]) map.clear()
  cloud.faults.clear()
  if (stage.lies.until > world.now) stage.lies.until = world.now
  for (const machine of cloud.machines()) if (machine.state === 'running') kubelets.start(machine.id)
  managers.restoreAll()
  await client.patch(NodeClasses, { name: className }, { merge: { spec: { config: { instanceType: 'small' }, limits: null } } })
}

/** Why the cluster is not what was asked for; undefined when it is. */
export const unconverged = ({ truth, cloud }: Stage): string | undefined => {
  const machines = cloud
    .machines()
    .filter(
      ({ state, owner }) => state !== 'gone' && owner?.controller === 'kube-node.dev/controller' && owner.cluster !== 'another-cluster',
    )
  for (const node of truth.nodes.all.values()) {
    const name = nameOf(node)
    if (!isClaim(node)) {
      // A kubelet may have made it for itself, after its claim had gone: no claim of ours.
      continue
    }
    if (isDeleting(node))
      return `${name} is being deleted: ${JSON.stringify(findCondition(node.status?.conditions, 'MachineProvisioned') ?? {})}`
    const record = recordOf(node)
    if (!record || isBroken(record)) return `${name} has no record of a machine`
    if (!hasJoined(node) || !isUp(node) || phaseOf(node) !== 'Running') {
      const said = findCondition(node.status?.conditions, 'MachineProvisioned')
      return `${name} does not run: phase ${phaseOf(node)}, ${JSON.stringify(said ?? {})}`
    }
    const own = machines.filter(machine => machine.owner?.claim === node.metadata?.uid)
    const [machine] = own
    if (!machine || own.length > 1) return `${name} has ${own.length} machines`
    if (machine.id !== record.id) return `${name} is recorded to have another machine than it has`
    if (!canJoin(machine)) return `${name} runs by the kubelet of another machine: its own never joined`
  }
  const orphan = machines.find(machine => !truth.nodeByUid(machine.owner?.claim ?? ''))
  if (orphan) return `machine ${orphan.id} of ${orphan.owner?.nodeName ?? ''} belongs to nobody`
  for (const set of truth.sets.all.values()) {
    const problem = setProblem(
      set,
      [...truth.nodes.all.values()].filter(node => node.metadata?.ownerReferences?.some(owner => owner.uid === set.metadata?.uid)).length,
    )
    if (problem !== undefined) return problem
  }
  return undefined
}

const setProblem = (set: NodeSet, members: number): string | undefined => {
  const wanted = set.spec.replicas ?? 1
  const { status = {} } = set
  if (set.metadata?.deletionTimestamp !== undefined) return `set ${nameOf(set)} is being deleted`
  if (members !== wanted) return `set ${nameOf(set)} has ${members} of ${wanted} nodes`
  if ((status.availableReplicas ?? 0) !== wanted)
    return `set ${nameOf(set)} says that ${status.availableReplicas ?? 0} of ${wanted} nodes are available`
  if (status.observedGeneration !== set.metadata?.generation) return `set ${nameOf(set)} has not been looked at since it was edited`
  return undefined
}

const canJoin = ({ boots, joins }: SimulatedMachine): boolean => boots && joins

/**
 * What the controllers can't know, in words. A restored or forced cluster may have machines whose Nodes are gone, and whose kubelets
 * answer for whoever has the name now.
 */
const whyByHand = (
  node: Node,
  reason: string | undefined,
  machine: SimulatedMachine | undefined,
  cloud: SimulatedCloud,
): string | undefined => {
  const name = nameOf(node)
  if (reason === 'MachineLossFrozen' && (!machine || machine.state === 'gone')) {
    return `reads that ${name} is frozen and knows that its machine is gone`
  }
  const has = cloud.machines().some(({ owner, state }) => owner?.claim === node.metadata?.uid && state !== 'gone')
  if (reason === 'AlreadyRunning' && !has)
    return `reads that ${name} runs on a machine that nobody made for it, and knows that there is none`
  if (machine && hasJoined(node) && !canJoin(machine)) return `sees that the machine of ${name} never came up`
  return undefined
}

/** What a person does who reads the conditions: some freezes wait for one. Answers whether there was anything to do. */
export const helpOut = async ({ truth, cloud, client, world }: Stage): Promise<void> => {
  for (const node of truth.nodes.all.values()) {
    const said = findCondition(node.status?.conditions, 'MachineProvisioned')
    const record = recordOf(node)
    const machine = record && !isBroken(record) ? cloud.machine(record.id ?? '') : undefined
    const why = whyByHand(node, said?.reason, machine, cloud)
    const frozen = said?.reason === 'MachineLossFrozen'
    if (why === undefined || (isDeleting(node) && !frozen)) continue
    world.tell(`* a person, who ${why}, deletes it by hand`)
    const rest = (node.metadata?.finalizers ?? []).filter(name => name !== finalizers.machine)
    try {
      await client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
      if (!frozen) continue
      await client.patch(
        Nodes,
        { name: nameOf(node) },
        { merge: { metadata: { finalizers: rest } } },
        { on: { uid: node.metadata?.uid ?? '' } },
      )
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  const orphans = cloud
    .machines()
    .filter(
      m =>
        m.state !== 'gone' &&
        m.owner?.controller === 'kube-node.dev/controller' &&
        m.owner.cluster !== 'another-cluster' &&
        !truth.nodeByUid(m.owner.claim),
    )
  if (orphans.length > 2)
    for (const machine of orphans) {
      world.tell(`* a person deletes machine ${machine.id} by hand, one of ${orphans.length} that belong to nobody`)
      cloud.kill(machine.id)
    }
}

/** A write of a manager's that a cluster at rest does not see. */
export const isRestless = (record: RequestRecord): boolean =>
  record.user === controllerUser && !['get', 'list', 'watch'].includes(record.verb) && record.resource !== 'leases'

export const restless = (record: RequestRecord): string => `${record.verb} ${record.resource ?? ''} ${JSON.stringify(record)}`
