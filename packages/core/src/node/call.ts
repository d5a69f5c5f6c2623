import { type Node, nameOf } from '../api/index.ts'
import { stepsOf, userDataOf } from '../bootstrap/index.ts'
import { type MachineRecord, isBroken, recordOf } from '../claim/index.ts'
import type { BootstrapToken } from '../identity/index.ts'
import { type Connection, provesNothingMade, toProviderError } from '../inventory/index.ts'
import type { Machine, ProviderError } from '../provider/index.ts'
import { keepDocument } from './document.ts'
import { backoffMs } from './backoff.ts'
import type { Failure, NodeFacts } from './facts.ts'
import type { Life } from './life.ts'
import { createRequest, ownerOf } from './request.ts'

/** Asks for the recorded attempt's machine. What came of it is in the mirror or in the flight; the plan reads it there. */
export const callCreate = async (life: Life, facts: NodeFacts, connection: Connection): Promise<void> => {
  const { node } = facts
  const uid = node.metadata?.uid ?? ''
  const record = recordOf(node)
  if (!record || isBroken(record)) return
  const generation = facts.offer.problem ? undefined : facts.offer.nodeClass.metadata?.generation
  try {
    const kept = record.token === undefined ? undefined : await keepDocument(life, facts, record, connection)
    // The plan reads in the flight that it is lost.
    if (kept?.kind === 'lost') return
    const document = kept?.token.document
    const bootstrap = document ? userDataOf(connection.provider.definition, document) : ({ kind: 'none' } as const)
    life.flights.sending(uid)
    const request = createRequest(node, record, life.cluster, connection.provider, bootstrap)
    const machine = await connection.create(request, kept ? secretsOf(kept.token) : [])
    life.flights.created(uid)
    connection.stockouts.served(record.config ?? {}, machine)
    life.context.event(node, 'Normal', 'MachineCreated', `${record.provider} made machine ${machine.providerID}`)
  } catch (thrown) {
    const error = toProviderError(thrown)
    if (error.code === 'InsufficientCapacity') connection.stockouts.refused(record.config ?? {}, error)
    else connection.stockouts.answered(record.config ?? {}, uid)
    life.flights.createFailed(uid, failureOf(life, uid, record, error, connection, generation))
    fail(life, node, record, 'create', error)
  }
}

/** Marks a machine that runs already as this claim's. What came of it is in the mirror or in the flight, as with a create. */
export const callAdopt = async (life: Life, facts: NodeFacts, connection: Connection, providerID: string): Promise<void> => {
  const { node } = facts
  const uid = node.metadata?.uid ?? ''
  const record = recordOf(node)
  if (!record || isBroken(record)) return
  life.flights.sending(uid)
  try {
    await connection.adopt(providerID, ownerOf(node, record, life.cluster))
    life.flights.created(uid)
    life.context.event(node, 'Normal', 'MachineAdopted', `${record.provider} has marked machine ${providerID} as this node's`)
  } catch (thrown) {
    const error = toProviderError(thrown)
    life.flights.createFailed(uid, failureOf(life, uid, record, error, connection))
    fail(life, node, record, 'adopt', error)
  }
}

/** Does on the machine what makes it join; again after a failure, or in another life, where the provider left off. */
export const callConfigure = async (life: Life, facts: NodeFacts, connection: Connection, machine: Machine): Promise<void> => {
  const { node } = facts
  const uid = node.metadata?.uid ?? ''
  const record = recordOf(node)
  const token = life.flights.documentOf(uid)
  if (!record || isBroken(record) || !token) return
  try {
    await connection.configure(machine, stepsOf(token.document), record.config ?? {}, secretsOf(token))
    life.flights.created(uid)
    life.flights.configured(uid)
    life.context.event(node, 'Normal', 'MachineConfigured', `all steps were done on machine ${machine.providerID}`)
  } catch (thrown) {
    const error = toProviderError(thrown)
    life.flights.configureFailed(uid, failureOf(life, uid, record, error, connection))
    fail(life, node, record, 'configure', error)
  }
}

/** What no error of this attempt may show. */
const secretsOf = ({ secret, document }: BootstrapToken): readonly string[] => [
  secret,
  ...(document.length > 0 ? [Buffer.from(document).toString('base64')] : []),
]

/** Asks for the deletion of machines that carry this claim's UID. @returns whether all of it was accepted. */
export const callDelete = async (
  life: Life,
  facts: NodeFacts,
  connection: Connection,
  machines: readonly Machine[],
  why: string,
): Promise<void> => {
  const { node } = facts
  const uid = node.metadata?.uid ?? ''
  const record = recordOf(node)
  if (!record || isBroken(record)) return
  for (const machine of machines) {
    try {
      await connection.delete(machine)
      life.flights.deletionAccepted(uid, machine.id)
      life.context.log('info', 'machine is being deleted', { node: nameOf(node), machine: machine.id, why })
    } catch (thrown) {
      const error = toProviderError(thrown)
      life.flights.removalFailed(uid, failureOf(life, uid, record, error, connection))
      fail(life, node, record, 'delete', error)
      return
    }
  }
}

const failureOf = (
  life: Life,
  uid: string,
  record: MachineRecord,
  error: ProviderError,
  { credentialsVersion }: Connection,
  classGeneration?: number,
): Failure => {
  const { runtime } = life.context
  const delayMs = backoffMs(error, life.flights.failuresInARow(uid), runtime)
  return {
    attempt: record.attempt,
    reason: error.code,
    message: `provider ${record.provider}: ${error.code}: ${error.message}`,
    madeNothing: provesNothingMade(error),
    retryAt: runtime.clock.monotonic() + delayMs,
    delayMs,
    classGeneration,
    credentials: credentialsVersion,
  }
}

const reasons = {
  create: 'MachineCreateFailed',
  adopt: 'AdoptionFailed',
  configure: 'MachineConfigureFailed',
  delete: 'MachineDeleteFailed',
} as const

const fail = (life: Life, node: Node, record: MachineRecord, operation: keyof typeof reasons, error: ProviderError): void => {
  const { context } = life
  context.event(node, 'Warning', reasons[operation], `provider ${record.provider}: ${error.code}: ${error.message}`)
  context.metrics
    .counter('kube_node_machine_errors_total', 'Calls for single machines that failed', ['provider', 'operation', 'code'])
    .add(1, { provider: record.provider, operation, code: error.code })
}
