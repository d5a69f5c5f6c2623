import { type Node, Nodes, findCondition, finalizers, nameOf } from '@kube-node/core/api'
import { hasJoined, isBroken, isDeleting, readyStatus, recordOf } from '@kube-node/core'
import { isNotFound } from '@kube-node/core/kube'
import type { SimulatedMachine } from '../cloud/index.ts'
import type { Stage } from './stage.ts'
import { claimUidOf, uidsOf } from './truth.ts'

export const canJoin = ({ boots, joins }: SimulatedMachine): boolean => boots && joins

export const isOurs = ({ owner }: SimulatedMachine): boolean =>
  owner?.controller === 'kube-node.dev/controller' && owner.cluster !== 'another-cluster'

interface Deed {
  readonly why: string
  /** The finalizer goes, too: whatever there was of a machine, the person has seen to it. */
  readonly force?: true
}

/**
 * What the controllers can't know, in words. A restored or forced cluster may have machines whose Nodes are gone, and whose kubelets
 * answer for whoever has the name now; and nobody opens two accounts with one Secret.
 */
const deedFor = (node: Node, stage: Stage): Deed | undefined => {
  const { cloud, joining, accounts, old } = stage
  const name = nameOf(node)
  const reason = findCondition(node.status?.conditions, 'MachineProvisioned')?.reason
  const written = recordOf(node)
  const record = written && !isBroken(written) ? written : undefined
  const machine = cloud.machine(record?.id ?? '')
  if (reason === 'MachineLossFrozen' && (!machine || machine.state === 'gone'))
    return { why: `reads that ${name} is frozen and knows that its machine is gone`, force: true }
  if (reason === 'AccountChanged' && record?.account !== accounts.opened)
    return { why: `reads that ${name} is in account ${record?.account ?? ''}, and has deleted its machine there`, force: true }
  if (isDeleting(node)) return undefined
  if (reason === 'AdoptionRefused' && !(hasJoined(node) && isAdoptable(node, record?.account, stage)))
    return { why: `reads that ${name} is not adopted, and sees why` }
  const own = cloud.machines().filter(({ owner, state }) => owner?.claim === claimUidOf(node) && state !== 'gone')
  if (reason === 'AlreadyRunning' && own.length === 0)
    return { why: `reads that ${name} runs on a machine that nobody made for it, and knows that there is none` }
  // A restore took back that it was asked for, and in which account.
  if (reason === 'AlreadyRunning' && own.every(({ account }) => account !== accounts.opened))
    return { why: `reads that ${name} runs on a machine, and has deleted that in account ${own[0]?.account}`, force: true }
  if (!machine || !hasJoined(node)) return undefined
  if ((old.get(machine.id) ?? name) !== name) return { why: `sees that ${name} does not run on that machine` }
  if (!joining.isIn(machine) && !mayBeLetIn(node, machine, reason, stage))
    return { why: `sees that ${name} is another machine's, or has lost its key` }
  return canJoin(machine) ? undefined : { why: `sees that the machine of ${name} never came up` }
}

/** Its kubelet is silent, and gets a fresh token by steps, until that is given up. */
const mayBeLetIn = (node: Node, { state }: SimulatedMachine, reason: string | undefined, { scenario }: Stage): boolean =>
  scenario.provisioning.delivery === 'steps' && state === 'running' && reason !== 'ReplacementNeeded' && readyStatus(node) !== 'True'

/** Its machine is there, in the account that is open, and nobody else's. */
const isAdoptable = (node: Node, account: string | undefined, { cloud, accounts }: Stage): boolean => {
  const machine = cloud.machine(node.spec?.providerID?.split('/').at(-1) ?? '')
  if (!machine || machine.state === 'gone' || machine.account !== accounts.opened) return false
  return (machine.owner?.claim ?? claimUidOf(node)) === claimUidOf(node) && (account ?? machine.account) === machine.account
}

/** What a person does who reads the conditions: some freezes wait for one. */
export const helpOut = async (stage: Stage): Promise<void> => {
  const { truth, cloud, freezes, client, world } = stage
  if (await freezes.lift(client)) return world.tell('* a person has looked, and lifts the freeze')
  for (const node of truth.nodes.all.values()) {
    const deed = deedFor(node, stage)
    if (deed) await letGo(stage, node, deed)
  }
  const orphans = cloud.machines().filter(m => m.state !== 'gone' && isOurs(m) && !truth.nodeByUid(m.owner?.claim ?? ''))
  const open = orphans.filter(({ account }) => account === stage.accounts.opened)
  for (const machine of orphans) {
    if (machine.account === stage.accounts.opened && open.length <= 2) continue
    stage.world.tell(`* a person deletes machine ${machine.id} by hand, one of ${orphans.length} that belong to nobody`)
    cloud.kill(machine.id)
  }
  for (const machine of cloud.machines()) {
    if (machine.state === 'gone' || !isOurs(machine) || !isUnseenTwin(machine, stage)) continue
    world.tell(`* a person deletes machine ${machine.id} by hand, which a restore left behind in account ${machine.account}`)
    cloud.kill(machine.id)
  }
}

/** The claim of a machine that nobody sees, since a restore took back that it was asked for, and in which account, has another one. */
const isUnseenTwin = ({ id, account, owner }: SimulatedMachine, { truth, accounts, restores }: Stage): boolean => {
  const node = truth.nodeByUid(owner?.claim ?? '')
  const record = node && recordOf(node)
  if (!record || isBroken(record) || record.id === undefined) return false
  return record.id !== id && account !== accounts.opened && restores.tookBack(owner?.claim ?? '')
}

const letGo = async (stage: Stage, node: Node, { why, force }: Deed): Promise<void> => {
  const { client, cloud, forced, world } = stage
  const uid = node.metadata?.uid ?? ''
  world.tell(`* a person, who ${why}, deletes it by hand`)
  if (force) {
    for (const { id, owner, state } of cloud.machines()) if (owner?.claim === claimUidOf(node) && state !== 'gone') cloud.kill(id)
    for (const each of uidsOf(node)) forced.add(each)
  }
  try {
    await client.delete(Nodes, { name: nameOf(node) }, { uid })
    if (!force) return
    const rest = (node.metadata?.finalizers ?? []).filter(name => name !== finalizers.machine)
    await client.patch(Nodes, { name: nameOf(node) }, { merge: { metadata: { finalizers: rest } } }, { on: { uid } })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
