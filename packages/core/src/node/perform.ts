import { type Node, conditionTime, conditions, nameOf } from '../api/index.ts'
import {
  type MachineRecord,
  birthOf,
  claimOf,
  goodRecord,
  hasJoined,
  phaseOf,
  provisioned,
  provisioning,
  tookOver,
} from '../claim/index.ts'
import { recordOfAttempt } from '../identity/index.ts'
import { type Connection, type Inventory, askAgainMs, revisionOfOffer } from '../inventory/index.ts'
import { isNotFound } from '../kube/index.ts'
import { bindAttempt } from './bindAttempt.ts'
import { attemptOf } from './attemptOf.ts'
import { callAdopt, callConfigure, callCreate, callDelete, prepareCreate } from './call.ts'
import { sendUnder } from './connections/index.ts'
import { dropDocument, extendDocument } from './document.ts'
import { evict } from './drain/index.ts'
import { end } from './end.ts'
import type { NodeFacts } from './facts.ts'
import type { Gathered } from './gather.ts'
import { mayBeTaken, performHandover } from './handover.ts'
import type { Life } from './life.ts'
import {
  adoptionPatch,
  beginPatch,
  condemnEdit,
  cordonEdit,
  holdPatch,
  joinPatch,
  noteAnnotations,
  placePatch,
  redressPatch,
  released,
  shieldPatch,
} from './patches.ts'
import { confirmDrained, outOfService, sayDrained } from './performDrain.ts'
import { performRecovery } from './recovery.ts'
import { say, tell } from './say.ts'
import type { NodeStep, Performed } from './step.ts'
import { editNode, editWithCondition, writeNode } from './write.ts'

/** The store has not heard of what a live read shows; its event brings the key back. */
const lookAgainMs = 1_000

/** Carries one step out. It decides nothing: what to do next is planned again from what the step left. */
export const perform = async (life: Life, step: NodeStep, { facts, connection, inventory }: Gathered): Promise<Performed> => {
  const { node } = facts
  attend(step, node, inventory)
  switch (step.do) {
    case 'rest':
      return { afterMs: step.afterMs }
    case 'tell':
      return tell(life, step, node)
    case 'shield':
      return { node: await writeNode(life, node, shieldPatch(node)) }
    case 'hold':
      return { node: await writeNode(life, node, holdPatch(node)) }
    case 'begin':
      if (connection && (await mayBeTaken(life, node, connection))) return { afterMs: lookAgainMs }
      if (connection && step.attempt > 1 && !isItsTurn(connection, node, step.offer.config)) return { afterMs: askAgainMs }
      return begin(life, step, facts, connection)
    case 'create':
      if (connection && !isItsTurn(connection, node, goodRecord(node)?.config ?? {})) return { afterMs: askAgainMs }
      return connection ? create(life, facts, connection) : { node }
    case 'extendToken': {
      const record = goodRecord(node)
      if (record) await extendDocument(life, node, record, step.until)
      return { node }
    }
    case 'configure':
      if (connection) await callConfigure(life, facts, connection, step)
      return { node }
    case 'beginRecovery':
    case 'prepareRecovery':
    case 'endRecovery':
      return performRecovery(life, step, facts, connection)
    case 'note':
      return note(life, step, node, connection)
    case 'join':
      return join(life, step, node)
    case 'beginAdoption': {
      const { offer, providerID } = step
      const attempt = { attempt: 1, controller: life.controller, account: connection?.account, overlay: undefined }
      const { config: _unsent, token: _none, ...record } = recordOfAttempt(offer, attempt, life.context.runtime)
      const revision = revisionOfOffer(offer)
      return { node: await writeNode(life, node, adoptionPatch(node, { ...record, adopts: providerID }, revision)) }
    }
    case 'place': {
      const record = goodRecord(node)
      return record ? { node: await writeNode(life, node, placePatch(record, step.waits)) } : { afterMs: undefined }
    }
    case 'adopt':
      if (connection) await sendUnder(life, node, connection, () => callAdopt(life, facts, connection, step.providerID))
      return { node }
    case 'redress':
      return { node: await writeNode(life, node, redressPatch(step.redress)) }
    case 'confirmProvisioned':
      return say(life, node, provisioned)
    case 'sayProvisioning':
      return say(life, node, provisioning(goodRecord(node)?.attempt ?? 1))
    case 'remove':
      if (connection && (await mayBeTaken(life, node, connection))) return { afterMs: lookAgainMs }
      if (connection && !(await callDelete(life, facts, connection, step.machines, step.why))) return { afterMs: lookAgainMs }
      return { node }
    case 'end':
      return end(life, step, node)
    case 'cordon':
      return { node: await editNode(life, node, cordonEdit(step.phase, step.condemn ? condemned(life, node) : undefined)) }
    case 'condemn': {
      const record = condemned(life, node)
      return record ? { node: await editNode(life, node, condemnEdit(record)) } : { afterMs: undefined }
    }
    case 'evict':
      await evict(life, node, step.pods, step.holders)
      return { afterMs: step.afterMs }
    case 'awaitDrained':
      await say(life, node, { type: conditions.drained, status: 'False', reason: step.reason, message: step.message })
      return { afterMs: step.afterMs }
    case 'sayDrained':
      return sayDrained(life, node, step)
    case 'outOfService':
      return outOfService(life, node)
    case 'confirmDrained':
      return confirmDrained(life, node)
    case 'handOver':
    case 'markHandedOver':
    case 'retire':
    case 'passDeletionOn':
    case 'letGo':
      return performHandover(life, step, facts)
    case 'release':
      return release(life, node)
  }
}

/** Of all the claims that wait for what was out of stock one asks. */
const isItsTurn = ({ stockouts }: Connection, node: Node, config: object): boolean => stockouts.asking(config, claimOf(node))

/** Tells the mirror whether somebody waits for this claim's machines. */
const attend = (step: NodeStep, node: Node, inventory: Inventory | undefined): void => {
  const claim = claimOf(node)
  const waits = (step.do === 'rest' || step.do === 'tell') && step.expect === true
  if (waits) inventory?.expect(claim, nameOf(node))
  else inventory?.settle(claim)
}

const begin = async (
  life: Life,
  step: Extract<NodeStep, { do: 'begin' }>,
  { leftBehind, node }: NodeFacts,
  connection: Connection | undefined,
): Promise<Performed> => {
  const { offer, attempt } = step
  const earlier = goodRecord(node)
  // Nobody may join by the token of an attempt that is over.
  await dropDocument(life, node, earlier)
  // A machine that is there binds it to its account; any other attempt is bound when it is sent.
  const account = leftBehind && connection?.account
  const from = { account, avoid: connection?.stockouts.avoid(), overlay: earlier?.overlay, zone: earlier?.zone }
  const record = recordOfAttempt(offer, { attempt, controller: life.controller, ...from }, life.context.runtime)
  const birth = birthOf(offer.nodeClass, record, offer.written, offer.template)
  // Pods run on a Node whose record a restore took: only who waits for its kubelet keeps them away.
  const kept = hasJoined(node) ? { ...birth, taints: [] } : birth
  // Without a record nothing was sent; with one, the plan had proof that nothing is left of it.
  life.flights.beginning(claimOf(node), attempt)
  const begun = await writeNode(life, node, beginPatch(node, kept))
  life.flights.begun(claimOf(node))
  return { node: begun }
}

const create = async (life: Life, facts: NodeFacts, connection: Connection): Promise<Performed> => {
  // First: of a claim that is bound to an account something may have been asked there.
  const prepared = await prepareCreate(life, facts, connection)
  if (!prepared) return { node: facts.node }
  const bound = await bindAttempt(life, facts.node, connection, prepared.pinned)
  if (bound) return { node: bound }
  await sendUnder(life, facts.node, connection, () => callCreate(life, facts, connection, prepared))
  return { node: facts.node }
}

const note = async (
  life: Life,
  step: Extract<NodeStep, { do: 'note' }>,
  node: Node,
  connection: Connection | undefined,
): Promise<Performed> => {
  const written = goodRecord(node)
  if (!written) return { afterMs: undefined }
  const record = await attemptOf(life, node, written, step.machine)
  const { clock } = life.context.runtime
  const notes = noteAnnotations(record, step.machine, conditionTime(clock.now()), {
    configured: connection?.provider.definition.bootstrap === 'steps',
    account: connection?.account,
  })
  const noted = await editWithCondition(life, node, provisioned, notes)
  life.flights.said(claimOf(node), provisioned)
  const { providerID } = step.machine
  count(life, 'kube_node_machines_created_total', 'Machines that were made and recorded', record)
  life.events.emit('machineCreated', { node: nameOf(node), providerID, tookMs: clock.now() - Date.parse(record.startedAt ?? '') })
  return { node: noted }
}

const join = async (life: Life, step: Extract<NodeStep, { do: 'join' }>, node: Node): Promise<Performed> => {
  const record = goodRecord(node)
  if (!record) return { afterMs: undefined }
  // First the token, then the word of it: whoever dies in between finds the word and looks again.
  await dropDocument(life, node, record)
  const { cloudControllerManager } = life
  const joined = await editNode(life, node, joinPatch(node, record, step.machine, { ...step, cloudControllerManager }))
  if (step.running && phaseOf(node) !== 'Running') {
    const since = Date.parse((tookOver(node) ? record.startedAt : node.metadata?.creationTimestamp) ?? '')
    life.events.emit('nodeRunning', {
      node: nameOf(node),
      providerID: step.machine.providerID,
      tookMs: life.context.runtime.clock.now() - since,
    })
  }
  return { node: joined }
}

const release = async (life: Life, node: Node): Promise<Performed> => {
  const record = goodRecord(node)
  await dropDocument(life, node, record)
  await editNode(life, node, released).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
  life.flights.forget(claimOf(node))
  if (record?.providerID !== undefined) {
    count(life, 'kube_node_machines_deleted_total', 'Machines whose Node was let go after the provider said they are gone', record)
    life.context.event(node, 'Normal', 'MachineDeleted', `machine ${record.providerID} is gone at ${record.provider}`)
    life.events.emit('machineDeleted', { node: nameOf(node), providerID: record.providerID })
  }
  return { afterMs: undefined }
}

/** The record with the decision that its machine is to be deleted. */
const condemned = (life: Life, node: Node): MachineRecord | undefined => {
  const record = goodRecord(node)
  return record && { ...record, deletedAt: conditionTime(life.context.runtime.clock.now()) }
}

const count = (life: Life, name: string, help: string, record: MachineRecord): void =>
  life.context.metrics.counter(name, help, ['provider']).add(1, { provider: record.provider })
