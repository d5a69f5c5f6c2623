import { type Node, nameOf } from '../api/index.ts'
import { type MachineRecord, isBroken, recordOf } from '../claim/index.ts'
import { type Connection, provesNothingMade, toProviderError } from '../inventory/index.ts'
import type { Machine, ProviderError } from '../provider/index.ts'
import { backoffMs } from './backoff.ts'
import type { Failure, NodeFacts } from './facts.ts'
import type { Life } from './life.ts'
import { createRequest } from './request.ts'

/** Asks for the recorded attempt's machine. What came of it is in the mirror or in the flight; the plan reads it there. */
export const callCreate = async (life: Life, facts: NodeFacts, connection: Connection): Promise<void> => {
  const { node } = facts
  const uid = node.metadata?.uid ?? ''
  const record = recordOf(node)
  if (!record || isBroken(record)) return
  const generation = facts.offer.problem ? undefined : facts.offer.nodeClass.metadata?.generation
  life.flights.sending(uid)
  try {
    const machine = await connection.create(createRequest(node, record, life.cluster, connection.provider))
    life.flights.created(uid)
    life.context.event(node, 'Normal', 'MachineCreated', `${record.provider} made machine ${machine.providerID}`)
  } catch (thrown) {
    const error = toProviderError(thrown)
    life.flights.createFailed(uid, failureOf(life, uid, record, error, generation))
    fail(life, node, record, 'create', error)
  }
}

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
      life.flights.removalFailed(uid, failureOf(life, uid, record, error, undefined))
      fail(life, node, record, 'delete', error)
      return
    }
  }
}

const failureOf = (life: Life, uid: string, record: MachineRecord, error: ProviderError, classGeneration: number | undefined): Failure => {
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
  }
}

const fail = (life: Life, node: Node, record: MachineRecord, operation: string, error: ProviderError): void => {
  const { context } = life
  context.event(
    node,
    'Warning',
    operation === 'create' ? 'MachineCreateFailed' : 'MachineDeleteFailed',
    `provider ${record.provider}: ${error.code}: ${error.message}`,
  )
  context.metrics
    .counter('kube_node_machine_errors_total', 'Calls for single machines that failed', ['provider', 'operation', 'code'])
    .add(1, { provider: record.provider, operation, code: error.code })
}
