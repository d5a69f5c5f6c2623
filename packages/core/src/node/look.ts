import type { Node } from '../api/index.ts'
import { type ConnectionReference, type MachineRecord, claimOf, isDeleting } from '../claim/index.ts'
import type { Connection, Inventory, Offer } from '../inventory/index.ts'
import { type Machine, ProviderError } from '../provider/index.ts'
import type { Mirror, MirrorProblem } from './facts.ts'
import type { Life } from './life.ts'
import { memberMirror } from './members.ts'
import { partialList, reasons } from './loss.ts'
import { whyFrozen } from './whyFrozen.ts'

/** What is known of a claim's machine, and by which connection. */
export interface Looked {
  readonly mirror?: Mirror | MirrorProblem | undefined
  readonly connection?: Connection | undefined
  /** The mirror that shows the machine, where it is not the connection's. */
  readonly inventory?: Inventory
  readonly leftBehind?: Machine | undefined
}

/** Before anything is recorded: can the class's account be reached at all? A record binds the claim to it. */
export const trial = async (life: Life, node: Node, offer: Offer): Promise<Looked> => {
  if (offer.problem || isDeleting(node)) return {}
  const reached = await reach(life, offer.provider.name, offer.connection)
  if (reached.problem) return { mirror: reached }
  const { connection } = reached
  return { connection, leftBehind: ownMachines(life, connection, claimOf(node), life.controller)[0] }
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

/** Undefined mirror: the record is another controller's. */
export const mirrorOf = async (life: Life, node: Node, uid: string, record: MachineRecord): Promise<Looked> => {
  if (record.controller !== life.controller) return {}
  if (record.group !== undefined) return mirrorOfMember(life, node, record)
  const reached = await reach(life, record.provider, record.connection)
  if (reached.problem) return { mirror: reached }
  const { connection } = reached
  const strange = strangeAccount(record, connection)
  if (strange !== undefined) return { mirror: { problem: { reason: reasons.accountChanged, message: strange } } }
  const { inventory, provider } = connection
  const machines = ownMachines(life, connection, uid, record.controller)
  const machine = machines.find(({ id }) => id === record.id)
  const present = machine !== undefined
  const name = machine?.nodeName
  const listed = inventory.listedAt > -Infinity
  if (record.id !== undefined && listed) life.flights.looked(uid, present, inventory.listedAt)
  life.flights.ran(uid, machine?.state === 'running')
  return {
    connection,
    mirror: {
      idempotency: provider.definition.idempotency,
      bootstrap: provider.definition.bootstrap,
      nodeNames: provider.definition.nodeNames ?? 'claim',
      twins: name === undefined ? 0 : inventory.named(name).filter(({ id }) => id !== record.id).length,
      machines,
      ended: record.id !== undefined && inventory.isGone(record.id),
      listedAt: inventory.listedAt,
      listProblem: inventory.problem?.message ?? partialList(inventory.unasked),
      credentials: connection.credentialsVersion,
      consistencyWindowMs: connection.consistencyWindowMs,
      createTimeoutMs: connection.createTimeoutMs,
      distrusted: life.freeze.why,
      frozen:
        record.id !== undefined && listed && !present && !isEndAskedFor(node, record)
          ? whyFrozen(life, node, record.id, connection, machines)
          : undefined,
    },
  }
}

/** Then it is no loss, whatever lists say. */
const isEndAskedFor = (node: Node, record: MachineRecord): boolean => isDeleting(node) && record.deletedAt !== undefined

const mirrorOfMember = async (life: Life, node: Node, record: MachineRecord): Promise<Looked> => {
  try {
    const connection = await life.session.connectGroups(record.provider, record.connection)
    const strange = strangeAccount(record, connection)
    if (strange !== undefined) return { mirror: { problem: { reason: reasons.accountChanged, message: strange } } }
    return { mirror: memberMirror(life, node, record, connection), inventory: connection.inventory }
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { mirror: { problem: { reason: error.code, message: error.message } } }
  }
}

/**
 * In words, that the credentials open another account than the one in which this attempt's machine is. Nothing is decided on its lists:
 * there every machine of ours looks lost. Nodes of a set are born without an account; their first write of ours notes it.
 */
const strangeAccount = (
  { account, connection: { secret } }: MachineRecord,
  connection: Pick<Connection, 'account'>,
): string | undefined => {
  if (account === undefined || connection.account === undefined || account === connection.account) return undefined
  const where = secret ? `Secret ${secret.namespace}/${secret.name} opens` : "the controller's own credentials open"
  return (
    `${where} account ${connection.account}, and this node's machine was made in account ${account}: nothing is created or deleted ` +
    'for it until the credentials of that account are back'
  )
}
