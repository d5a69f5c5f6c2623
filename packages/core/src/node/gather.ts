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
  type ConnectionReference,
  type MachineRecord,
  canonicalJson,
  classNameOf,
  dressOf,
  hasJoined,
  isBroken,
  isDeleting,
  readyStatus,
  recordOf,
} from '../claim/index.ts'
import { type Connection, type Offer, controllerOf, offerOf } from '../inventory/index.ts'
import { type Machine, ProviderError } from '../provider/index.ts'
import { durationMs } from '../runtime/index.ts'
import { recallDocument } from './document.ts'
import { attachmentsOf } from './drain/index.ts'
import type { Mirror, MirrorProblem, NodeFacts, Timeouts } from './facts.ts'
import { byClass, byNode } from './indexes.ts'
import type { Life } from './life.ts'
import { blindness, disbelief } from './loss.ts'

export interface Gathered {
  readonly facts: NodeFacts
  /** The record's connection, where there is one. */
  readonly connection: Connection | undefined
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

  const uid = node.metadata?.uid ?? ''
  const ofSet = templateOfSet(life, node)
  const { labels: own, annotations: notes, taints: marks } = ofSet ?? {}
  const template = { ...(own && { labels: own }), ...(notes && { annotations: notes }), ...(marks && { taints: marks }) }
  const offer = offerOf(className, nodeClass, providers, { ...template, ...(record?.overlay && { config: record.overlay }) })
  const admitted = record !== undefined || isAdmitted(life, node, nodeClass)
  if (record && !hasJoined(node)) await recallDocument(life, node, record)
  const looked = record ? await mirrorOf(life, node, uid, record) : admitted ? await trial(life, node, offer) : {}
  const pods = isDeleting(node) ? context.store(Pods).by(byNode, nameOf(node)) : []
  return {
    connection: looked.connection,
    facts: {
      node,
      now: { wall: context.runtime.clock.now(), monotonic: context.runtime.clock.monotonic() },
      controller: life.controller,
      offer,
      admitted,
      timeouts: timeoutsOf(nodeClass),
      flight: flights.of(uid),
      mirror: looked.mirror,
      leftBehind: looked.leftBehind,
      canAdopt: record ? undefined : looked.connection?.canAdopt,
      dress: nodeClass && ofSet ? dressOf(nodeClass, template) : undefined,
      stockout: record && record.id === undefined ? looked.connection?.stockouts.look(record.config ?? {}, uid) : undefined,
      pods,
      attachments: isDeleting(node) ? await attachmentsOf(life, node, pods) : [],
    },
  }
}

/** Empty for a Node of no set; undefined while its set is not known, as that of a Node that was orphaned on purpose. */
const templateOfSet = ({ context }: Life, node: Node): NonNullable<NodeSet['spec']['template']> | undefined => {
  const name = node.metadata?.labels?.[labels.nodeset]
  if (name === undefined) return {}
  const set = context.store(NodeSets).get({ name })
  const isOwner = node.metadata?.ownerReferences?.some(owner => owner.controller === true && owner.uid === set?.metadata?.uid)
  return set && isOwner ? (set.spec.template ?? {}) : undefined
}

interface Looked {
  readonly mirror?: Mirror | MirrorProblem | undefined
  readonly connection?: Connection | undefined
  readonly leftBehind?: Machine | undefined
}

/** Before anything is recorded: can the class's account be reached at all? A record binds the claim to it. */
const trial = async (life: Life, node: Node, offer: Offer): Promise<Looked> => {
  if (offer.problem || isDeleting(node)) return {}
  const reached = await reach(life, offer.provider.name, offer.connection)
  if (reached.problem) return { mirror: reached }
  const { connection } = reached
  return { connection, leftBehind: ownMachines(life, connection, node.metadata?.uid ?? '', life.controller)[0] }
}

const ownMachines = (life: Life, { inventory }: Connection, uid: string, controller: string): readonly Machine[] =>
  inventory.of(uid).filter(({ owner }) => owner?.cluster === life.cluster && owner.controller === controller)

type Reached = { readonly connection: Connection; readonly problem?: undefined } | MirrorProblem

const reach = async (life: Life, provider: string, reference: ConnectionReference): Promise<Reached> => {
  try {
    return { connection: await life.session.connect(provider, reference) }
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { problem: { reason: error.code, message: error.message } }
  }
}

const mirrorOf = async (life: Life, node: Node, uid: string, record: MachineRecord): Promise<Looked> => {
  if (record.controller !== life.controller) return {}
  const reached = await reach(life, record.provider, record.connection)
  if (reached.problem) return { mirror: reached }
  const { connection } = reached
  const strange = strangeAccount(record, connection)
  if (strange !== undefined) return { mirror: { problem: { reason: 'AccountChanged', message: strange } } }
  const { inventory, provider } = connection
  const machines = ownMachines(life, connection, uid, record.controller)
  const present = machines.some(machine => machine.id === record.id)
  const listed = inventory.listedAt > -Infinity
  if (record.id !== undefined && listed) life.flights.looked(uid, present, inventory.listedAt)
  return {
    connection,
    mirror: {
      idempotency: provider.definition.idempotency,
      bootstrap: provider.definition.bootstrap,
      machines,
      listedAt: inventory.listedAt,
      listProblem: inventory.problem?.message,
      credentials: connection.credentialsVersion,
      consistencyWindowMs: connection.consistencyWindowMs,
      createTimeoutMs: connection.createTimeoutMs,
      distrusted: life.distrust(),
      frozen: record.id !== undefined && listed && !present ? whyFrozen(life, node, record.id, connection) : undefined,
    },
  }
}

/**
 * In words, that the credentials open another account than the one in which this attempt's machine is. Nothing is decided on its lists:
 * there every machine of ours looks lost. Nodes of a set are born without an account; their first write of ours notes it.
 */
const strangeAccount = ({ account, connection: { secret } }: MachineRecord, connection: Connection): string | undefined => {
  if (account === undefined || connection.account === undefined || account === connection.account) return undefined
  const where = secret ? `Secret ${secret.namespace}/${secret.name} opens` : "the controller's own credentials open"
  return (
    `${where} account ${connection.account}, and this node's machine was made in account ${account}: nothing is created or deleted ` +
    'for it until the credentials of that account are back'
  )
}

/** A claim that has not joined is replaced rather than ended; both rest on the same belief that its machine is lost. */
const whyFrozen = (life: Life, node: Node, machine: string, connection: Connection): string | undefined => {
  if (life.flights.of(node.metadata?.uid ?? '').deletions.has(machine) && !hasJoined(node)) return undefined
  const { inventory } = connection
  // The kubelet's heartbeat: kube-controller-manager takes Ready=True back within a minute of silence.
  if (hasJoined(node) && readyStatus(node) === 'True' && !inventory.isGone(machine)) return contradiction
  return life.distrust() ?? (inventory.isGone(machine) ? undefined : (blindness(inventory.unasked) ?? disbelief(lossOf(life, connection))))
}

const contradiction =
  "the provider's list lacks the machine of this node, whose kubelet still says that it is ready: the list is not believed"

/** Counted only when a machine is missing: at rest nobody pays for it. */
const lossOf = (life: Life, { inventory, reference, provider }: Connection): { recorded: number; missing: number } => {
  const wanted = canonicalJson(reference)
  let recorded = 0
  let missing = 0
  for (const node of life.context.store(Nodes).list()) {
    const record = recordOf(node)
    if (!record || isBroken(record) || record.id === undefined || record.provider !== provider.name) continue
    if (canonicalJson(record.connection) !== wanted) continue
    if (isExpectedToGo(life, node, record) || inventory.isGone(record.id)) continue
    const present = inventory.of(node.metadata?.uid ?? '').some(machine => machine.id === record.id)
    // One that was made a moment ago says nothing of what lists are worth.
    if (present && !inventory.isListed(record.id)) continue
    recorded += 1
    if (!present) missing += 1
  }
  return { recorded, missing }
}

/** We have asked, or are about to ask, for its end: its absence is no loss. */
const isExpectedToGo = ({ flights }: Life, node: Node, record: MachineRecord): boolean =>
  record.deletedAt !== undefined ||
  (!hasJoined(node) && (isDeleting(node) || flights.of(node.metadata?.uid ?? '').deletions.has(record.id ?? '')))

const isAdmitted = ({ context, seats }: Life, node: Node, nodeClass: NodeClass | undefined): boolean => {
  const limit = nodeClass?.spec.limits?.nodes
  if (limit === undefined) return true
  const className = classNameOf(node) ?? ''
  return seats.admits(node, className, context.store(Nodes).by(byClass, className), limit)
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
