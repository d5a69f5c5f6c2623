import {
  type Node,
  type NodeClass,
  NodeClasses,
  type NodeSet,
  NodeSets,
  Nodes,
  Pods,
  defaultController,
  labels,
  nameOf,
} from '../api/index.ts'
import {
  type MachineRecord,
  claimOf,
  classNameOf,
  dressOf,
  hasJoined,
  isBroken,
  isDeleting,
  isSeated,
  onePerClaim,
  recordOf,
  tookOver,
} from '../claim/index.ts'
import { type Connection, type Inventory, controllerOf, offerOf } from '../inventory/index.ts'
import type { Machine } from '../provider/index.ts'
import { durationMs } from '../runtime/index.ts'
import { recallDocument, recallRecovery } from './document.ts'
import { isDoubtful, isTokenUntraded } from './doubt.ts'
import { attachmentsOf } from './drain/index.ts'
import type { Mirror, MirrorProblem, NodeFacts, Timeouts } from './facts.ts'
import { byClaim, byClass, byNode } from './indexes.ts'
import type { Life } from './life.ts'
import { earlierOffer } from './earlierOffer.ts'
import { mirrorOf, trial } from './look.ts'
import { whyUnkept } from './members.ts'

export interface Gathered {
  readonly facts: NodeFacts
  /** The record's connection, where there is one; a member of a group has none of its own. */
  readonly connection: Connection | undefined
  /** The mirror that shows its machine. */
  readonly inventory: Inventory | undefined
}

/** Everything that a decision on this claim needs; undefined when the claim is another controller's. */
export const gather = async (life: Life, node: Node): Promise<Gathered | undefined> => {
  const { context, providers, flights } = life
  const className = classNameOf(node) ?? ''
  const nodeClass = context.store(NodeClasses).get({ name: className })
  const written = recordOf(node)
  const record = isBroken(written) ? undefined : written
  const responsible = nodeClass ? controllerOf(nodeClass) : defaultController
  if (!written && responsible !== life.controller) return undefined

  const uid = claimOf(node)
  if (record) flights.recorded(uid, record.attempt)
  const ofSet = templateOfSet(life, node, record)
  const { labels: own, annotations: notes, taints: marks, restartedAt } = ofSet ?? {}
  const template = {
    ...(own && { labels: own }),
    ...(notes && { annotations: notes }),
    ...(marks && { taints: marks }),
    ...(restartedAt !== undefined && { restartedAt }),
  }
  const zone = record?.zone === undefined ? {} : { zone: record.zone }
  const offer =
    (await earlierOffer(life, node, nodeClass, { ...template, ...zone })) ??
    offerOf(className, nodeClass, providers, { ...template, ...zone, ...(record?.overlay && { config: record.overlay }) })
  const admitted = isSeated(node) || isAdmitted(life, node, nodeClass)
  const untraded = record !== undefined && (await isTokenUntraded(life, node, record))
  if (record && (!hasJoined(node) || untraded)) await recallDocument(life, node, record)
  if (record?.recovery) await recallRecovery(life, node, record)
  const looked = record ? await mirrorOf(life, node, uid, record) : await trial(life, node, offer)
  const pods = isDeleting(node) ? context.store(Pods).by(byNode, nameOf(node)) : []
  return {
    connection: looked.connection,
    inventory: looked.inventory ?? looked.connection?.inventory,
    facts: {
      node,
      now: { wall: context.runtime.clock.now(), monotonic: context.runtime.clock.monotonic() },
      controller: life.controller,
      garbage: life.garbage,
      offer,
      admitted,
      timeouts: timeoutsOf(nodeClass),
      flight: flights.of(uid),
      mirror: looked.mirror,
      leftBehind: looked.leftBehind,
      isDoubted: isDoubtful(node, recordedMachine(record, looked.mirror), untraded),
      cloudControllerManager: life.cloudControllerManager,
      canAdopt: record ? undefined : looked.connection?.canAdopt,
      dress: nodeClass && ofSet ? dressOf(nodeClass, template) : undefined,
      stockout: record && record.id === undefined ? looked.connection?.stockouts.look(record.config ?? {}, uid) : undefined,
      inputs: life.inputs.version(className),
      ...relatives(life, node, record, looked.mirror),
      unkept: record && isDeleting(node) ? whyUnkept(life, node, record) : undefined,
      pods,
      attachments: isDeleting(node) ? await attachmentsOf(life, node, pods) : [],
    },
  }
}

/** Empty for a Node of no set; undefined while its set is not known, as that of a Node that was orphaned on purpose. */
const templateOfSet = (
  { context }: Life,
  node: Node,
  record: MachineRecord | undefined,
): NonNullable<NodeSet['spec']['template']> | undefined => {
  const name = node.metadata?.labels?.[labels.nodeset]
  if (name === undefined) return {}
  const set = context.store(NodeSets).get({ name })
  const uid = set?.metadata?.uid
  const isOwner =
    record?.group?.set === uid || node.metadata?.ownerReferences?.some(owner => owner.controller === true && owner.uid === uid)
  return set && isOwner ? (set.spec.template ?? {}) : undefined
}

/** Who is, was or may become of one claim with this Node. */
const relatives = (
  { context }: Life,
  node: Node,
  record: MachineRecord | undefined,
  mirror: Mirror | MirrorProblem | undefined,
): Pick<NodeFacts, 'heir' | 'origin' | 'namesake'> => {
  const nodes = context.store(Nodes)
  const uid = node.metadata?.uid
  const other = nodes.by(byClaim, claimOf(node)).find(each => each.metadata?.uid !== uid)
  if (tookOver(node)) return { heir: undefined, origin: other, namesake: undefined }
  const name = recordedMachine(record, mirror)?.nodeName
  const namesake = name === undefined || name === nameOf(node) ? undefined : nodes.get({ name })
  return { heir: other, origin: undefined, namesake }
}

const recordedMachine = (record: MachineRecord | undefined, mirror: Mirror | MirrorProblem | undefined): Machine | undefined =>
  mirror && !mirror.problem ? mirror.machines.find(({ id }) => id === record?.id) : undefined

const isAdmitted = ({ context, seats }: Life, node: Node, nodeClass: NodeClass | undefined): boolean => {
  const limit = nodeClass?.spec.limits?.nodes
  if (limit === undefined) return true
  const className = classNameOf(node) ?? ''
  return seats.admits(node, className, onePerClaim(context.store(Nodes).by(byClass, className)), limit)
}

const timeoutsOf = (nodeClass: NodeClass | undefined): Timeouts => {
  const { provision = '15m', join = '15m', drain = '1h', volumeDetach = '6m' } = nodeClass?.spec.timeouts ?? {}
  return {
    provisionMs: durationMs(provision),
    joinMs: durationMs(join),
    drainMs: durationMs(drain),
    volumeDetachMs: durationMs(volumeDetach),
  }
}
