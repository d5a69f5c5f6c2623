import { type Node, Nodes, Pods, conditionTime, conditions, hasTaint, nameOf, taints } from '../api/index.ts'
import { type MachineRecord, birthOf, hasJoined, isBroken, phaseOf, recordOf, revisionOf } from '../claim/index.ts'
import { recordOfAttempt } from '../identity/index.ts'
import { type Connection, askAgainMs } from '../inventory/index.ts'
import { isNotFound } from '../kube/index.ts'
import { callAdopt, callConfigure, callCreate, callDelete } from './call.ts'
import { dropDocument, extendDocument } from './document.ts'
import { evict, holdersOf } from './drain/index.ts'
import type { NodeFacts } from './facts.ts'
import type { Life } from './life.ts'
import {
  adoptionPatch,
  beginPatch,
  condemnPatch,
  cordonPatch,
  holdPatch,
  joinPatch,
  notePatch,
  outOfServicePatch,
  phasePatch,
  redressPatch,
  releasePatch,
  shieldPatch,
} from './patches.ts'
import type { NodeStep } from './step.ts'
import { writeCondition, writeNode, writeOwnKeys } from './write.ts'

/** What a step left: the Node to plan on, or the end of this run and when to look again. */
export type Performed = { readonly node: Node } | { readonly afterMs: number | undefined }

/** Carries one step out. It decides nothing: what to do next is planned again from what the step left. */
export const perform = async (life: Life, step: NodeStep, facts: NodeFacts, connection: Connection | undefined): Promise<Performed> => {
  const { node } = facts
  attend(step, node, connection)
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
      if (connection && step.attempt > 1 && !isItsTurn(connection, node, step.offer.config)) return { afterMs: askAgainMs }
      return begin(life, step, node, connection)
    case 'create':
      if (connection && !isItsTurn(connection, node, goodRecord(node)?.config ?? {})) return { afterMs: askAgainMs }
      if (connection) await callCreate(life, facts, connection)
      return { node }
    case 'extendToken': {
      const record = goodRecord(node)
      if (record) await extendDocument(life, node, record, step.until)
      return { node }
    }
    case 'configure':
      if (connection) await callConfigure(life, facts, connection, step.machine)
      return { node }
    case 'note':
      return note(life, step, node, connection)
    case 'join':
      return join(life, step, node)
    case 'beginAdoption': {
      const { offer, providerID } = step
      const attempt = { attempt: 1, controller: life.controller, account: connection?.account, overlay: undefined }
      const { config: _unsent, token: _none, ...record } = recordOfAttempt(offer, attempt, life.context.runtime)
      const revision = revisionOf(offer.nodeClass.spec, offer.written)
      return { node: await writeNode(life, node, adoptionPatch(node, { ...record, adopts: providerID }, revision)) }
    }
    case 'adopt':
      if (connection) await callAdopt(life, facts, connection, step.providerID)
      return { node }
    case 'redress':
      return { node: await writeNode(life, node, redressPatch(step.redress)) }
    case 'confirmProvisioned':
      return {
        node: await writeCondition(life, node, {
          type: conditions.machineProvisioned,
          status: 'True',
          reason: 'Running',
          message: 'the machine is there and its kubelet has joined',
        }),
      }
    case 'remove':
      if (connection) await callDelete(life, facts, connection, step.machines, step.why)
      return { node }
    case 'end':
      life.context.event(node, 'Warning', step.reason, step.message)
      await life.context.client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
      return { afterMs: 0 }
    case 'cordon':
      return { node: await writeNode(life, node, cordonPatch(node, step.phase, step.condemn ? condemned(life, node) : undefined)) }
    case 'condemn': {
      const record = condemned(life, node)
      return record ? { node: await writeNode(life, node, condemnPatch(record)) } : { afterMs: undefined }
    }
    case 'evict':
      await evict(life, node, step.pods, step.holders)
      return { afterMs: step.afterMs }
    case 'awaitDrained':
      await writeCondition(life, node, { type: conditions.drained, status: 'False', reason: step.reason, message: step.message })
      return { afterMs: step.afterMs }
    case 'sayDrained':
      return sayDrained(life, node, step)
    case 'outOfService':
      return outOfService(life, node)
    case 'confirmDrained':
      return confirmDrained(life, node)
    case 'release':
      return release(life, node)
  }
}

/** Of all the claims that wait for what was out of stock one asks. */
const isItsTurn = ({ stockouts }: Connection, node: Node, config: object): boolean => stockouts.asking(config, node.metadata?.uid ?? '')

/** Tells the mirror whether somebody waits for this claim's machines. */
const attend = (step: NodeStep, node: Node, connection: Connection | undefined): void => {
  const claim = node.metadata?.uid ?? ''
  const waits = (step.do === 'rest' || step.do === 'tell') && step.expect === true
  if (waits) connection?.inventory.expect(claim, nameOf(node))
  else connection?.inventory.settle(claim)
}

const tell = async (life: Life, step: Extract<NodeStep, { do: 'tell' }>, node: Node): Promise<Performed> => {
  const phased =
    phaseOf(node) === step.phase && node.metadata?.annotations !== undefined ? node : await writeOwnKeys(life, node, phasePatch(step.phase))
  const said = { type: conditions.machineProvisioned, status: 'False', reason: step.reason, message: step.message } as const
  const told = await writeCondition(life, phased, said)
  if (told !== phased) life.context.event(node, 'Warning', step.reason, step.message)
  return { afterMs: step.afterMs }
}

const begin = async (
  life: Life,
  step: Extract<NodeStep, { do: 'begin' }>,
  node: Node,
  connection: Connection | undefined,
): Promise<Performed> => {
  const { offer, attempt } = step
  const earlier = goodRecord(node)
  // Nobody may join by the token of an attempt that is over.
  await dropDocument(life, node, earlier)
  const from = { account: connection?.account, avoid: connection?.stockouts.avoid(), overlay: earlier?.overlay }
  const record = recordOfAttempt(offer, { attempt, controller: life.controller, ...from }, life.context.runtime)
  const birth = birthOf(offer.nodeClass, record, offer.written, offer.template)
  // Pods run on a Node whose record a restore took: only who waits for its kubelet keeps them away.
  const kept = hasJoined(node) ? { ...birth, taints: [] } : birth
  const begun = await writeNode(life, node, beginPatch(node, kept))
  // Without a record nothing was sent; with one, the plan had proof that nothing is left of it.
  life.flights.begun(node.metadata?.uid ?? '')
  return { node: begun }
}

const note = async (
  life: Life,
  step: Extract<NodeStep, { do: 'note' }>,
  node: Node,
  connection: Connection | undefined,
): Promise<Performed> => {
  const record = goodRecord(node)
  if (!record) return { afterMs: undefined }
  const { clock } = life.context.runtime
  const noted = await writeNode(
    life,
    node,
    notePatch(record, step.machine, conditionTime(clock.now()), {
      configured: connection?.provider.definition.bootstrap === 'steps',
      account: connection?.account,
    }),
  )
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
  const joined = await writeNode(life, node, joinPatch(node, record, step.machine, step))
  if (step.running && phaseOf(node) !== 'Running') {
    const since = Date.parse(node.metadata?.creationTimestamp ?? '')
    life.events.emit('nodeRunning', {
      node: nameOf(node),
      providerID: step.machine.providerID,
      tookMs: life.context.runtime.clock.now() - since,
    })
  }
  return { node: joined }
}

/** Taking the taint for a fact comes first: whatever follows is bounded by the moment that it stood there. */
const outOfService = async (life: Life, node: Node): Promise<Performed> => {
  const tainted = hasTaint(node.spec?.taints, { key: taints.outOfService }) ? node : await writeNode(life, node, outOfServicePatch(node))
  life.flights.outOfService(node.metadata?.uid ?? '')
  return { node: tainted }
}

const sayDrained = async (life: Life, node: Node, step: Extract<NodeStep, { do: 'sayDrained' }>): Promise<Performed> => {
  const { status, reason, message } = step
  if (status === 'False') life.context.event(node, 'Warning', reason, message)
  return { node: await writeCondition(life, node, { type: conditions.drained, status, reason, message }) }
}

const confirmDrained = async (life: Life, node: Node): Promise<Performed> => {
  const { client, signal, runtime } = life.context
  const now = runtime.clock.now()
  for await (const page of client.pages(Pods, { fields: `spec.nodeName=${nameOf(node)}`, signal })) {
    // The store is behind; its next event brings the key back.
    if (holdersOf(node, page, now).length > 0) return { afterMs: 1_000 }
  }
  life.flights.drained(node.metadata?.uid ?? '')
  return { node }
}

const release = async (life: Life, node: Node): Promise<Performed> => {
  const record = goodRecord(node)
  await dropDocument(life, node, record)
  await writeNode(life, node, releasePatch(node)).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
  life.flights.forget(node.metadata?.uid ?? '')
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

const goodRecord = (node: Node): MachineRecord | undefined => {
  const record = recordOf(node)
  return isBroken(record) ? undefined : record
}

const count = (life: Life, name: string, help: string, record: MachineRecord): void =>
  life.context.metrics.counter(name, help, ['provider']).add(1, { provider: record.provider })
