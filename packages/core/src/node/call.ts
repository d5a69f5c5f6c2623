import { type Node, nameOf } from '../api/index.ts'
import { stepsOf, userDataOf } from '../bootstrap/index.ts'
import { type MachineRecord, claimOf, classNameOf, configToSend, goodRecord } from '../claim/index.ts'
import type { BootstrapToken } from '../identity/index.ts'
import { type Connection, backoffMs, elsewhereMs, provesNothingMade, toProviderError } from '../inventory/index.ts'
import { type Machine, type OpaqueConfig, ProviderError } from '../provider/index.ts'
import { errorText } from '../runtime/index.ts'
import { keepDocument } from './document.ts'
import type { Failure, NodeFacts } from './facts.ts'
import type { Life } from './life.ts'
import { createRequest, ownerOf } from './request.ts'
import { isDeletionDue } from './deletionDue.ts'
import { witness } from './freeze/index.ts'
import type { NodeStep } from './step.ts'
import { whileWanted } from './whileWanted.ts'

/** What the recorded attempt sends; its document is kept. */
export interface Prepared {
  readonly token: BootstrapToken | undefined
  /** What floats in the record's config, as it is now; undefined when nothing does, or the record has it already. */
  readonly pinned: OpaqueConfig | undefined
}

/** Makes ready what the recorded attempt sends, before anybody is asked. Undefined when it can't be: the plan reads in the flight why. */
export const prepareCreate = async (life: Life, facts: NodeFacts, connection: Connection): Promise<Prepared | undefined> => {
  const record = goodRecord(facts.node)
  if (!record) return undefined
  try {
    // Without a pin nothing floats, or nothing was sent yet: one that this life has sent as it is stays as it is.
    const settled = record.pinned !== undefined || facts.flight.sent
    const pinned = settled ? undefined : await connection.pin(record.config ?? {})
    if (record.token === undefined) return { token: undefined, pinned }
    const kept = await keepDocument(life, facts, record, connection)
    return kept.kind === 'lost' ? undefined : { token: kept.token, pinned }
  } catch (thrown) {
    createFailed(life, facts, record, connection, unsent(thrown))
    return undefined
  }
}

/** Our own API server, and not the provider, has failed: the same is made ready again, as the provider has seen nothing of it. */
export const unsent = (thrown: unknown): ProviderError =>
  ProviderError.is(thrown)
    ? thrown
    : new ProviderError('Busy', `nothing of this attempt was sent, as it could not be made ready: ${errorText(thrown)}`, {
        outcome: 'none',
        cause: thrown,
      })

/** Asks for the recorded attempt's machine. What came of it is in the mirror or in the flight; the plan reads it there. */
export const callCreate = async (
  life: Life,
  facts: NodeFacts,
  connection: Connection,
  { token }: Pick<Prepared, 'token'>,
): Promise<void> => {
  const { node } = facts
  const uid = claimOf(node)
  const record = goodRecord(node)
  if (!record) return
  try {
    const bootstrap = token ? userDataOf(connection.provider.definition, token.document) : ({ kind: 'none' } as const)
    life.flights.sending(uid)
    const request = createRequest(node, record, life.cluster, connection.provider, bootstrap)
    const machine = await connection.create(request, token ? secretsOf(token) : [])
    life.flights.created(uid)
    connection.stockouts.served(record.config ?? {}, machine)
    life.context.event(node, 'Normal', 'MachineCreated', `${record.provider} made machine ${machine.providerID}`)
  } catch (thrown) {
    createFailed(life, facts, record, connection, toProviderError(thrown))
  }
}

const createFailed = (
  life: Life,
  { node, offer }: NodeFacts,
  record: MachineRecord,
  connection: Connection,
  error: ProviderError,
): void => {
  const uid = claimOf(node)
  const isSoldOut = error.code === 'InsufficientCapacity'
  const goesOn = isSoldOut && connection.stockouts.refused(record.config ?? {}, record.avoid ?? [], error)
  if (!isSoldOut) connection.stockouts.answered(record.config ?? {}, uid)
  const generation = offer.problem ? undefined : offer.nodeClass.metadata?.generation
  const failure = { ...failureOf(life, node, record, error, connection, generation), elsewhere: goesOn }
  // While an earlier answer is missing no other attempt may follow.
  if (goesOn && life.flights.of(uid).unknownSince === undefined) {
    const retryAt = life.context.runtime.clock.monotonic() + elsewhereMs
    life.flights.turnedAside(uid, { ...failure, delayMs: elsewhereMs, retryAt })
  } else life.flights.createFailed(uid, failure)
  fail(life, node, record, 'create', error)
}

/** Marks a machine that runs already as this claim's. What came of it is in the mirror or in the flight, as with a create. */
export const callAdopt = async (life: Life, facts: NodeFacts, connection: Connection, providerID: string): Promise<void> => {
  const { node } = facts
  const uid = claimOf(node)
  const record = goodRecord(node)
  if (!record) return
  life.flights.sending(uid)
  try {
    await connection.adopt(providerID, ownerOf(node, record, life.cluster))
    life.flights.created(uid)
    life.context.event(node, 'Normal', 'MachineAdopted', `${record.provider} has marked machine ${providerID} as this node's`)
  } catch (thrown) {
    const error = toProviderError(thrown)
    life.flights.createFailed(uid, failureOf(life, node, record, error, connection))
    fail(life, node, record, 'adopt', error)
  }
}

/** Does on the machine what makes it join; again after a failure, or in another life, where the provider left off. */
export const callConfigure = async (
  life: Life,
  facts: NodeFacts,
  connection: Connection,
  { machine, withinMs }: Extract<NodeStep, { do: 'configure' }>,
): Promise<void> => {
  const { node } = facts
  const uid = claimOf(node)
  const record = goodRecord(node)
  const token = life.flights.documentOf(uid)
  if (!record || !token) return
  try {
    await whileWanted(life, node, withinMs, until =>
      connection.configure(machine, stepsOf(token.document), configToSend(record), { secrets: secretsOf(token), until }),
    )
    life.flights.created(uid)
    life.flights.configured(uid)
    life.context.event(node, 'Normal', 'MachineConfigured', `all steps were done on machine ${machine.providerID}`)
  } catch (thrown) {
    configureFailed(life, node, record, connection, toProviderError(thrown))
  }
}

/** What was to be done on a machine could not be done, or not be made ready. */
export const configureFailed = (life: Life, node: Node, record: MachineRecord, connection: Connection, error: ProviderError): void => {
  life.flights.configureFailed(claimOf(node), failureOf(life, node, record, error, connection))
  fail(life, node, record, 'configure', error)
}

/** What no error of this attempt may show. */
const secretsOf = ({ secret, document }: BootstrapToken): readonly string[] => [
  secret,
  ...(document.length > 0 ? [Buffer.from(document).toString('base64')] : []),
]

/**
 * Asks for the deletion of machines that carry this claim's UID. What came of it is in the flight.
 * @returns false when one was not asked for, as it is not due any more.
 */
export const callDelete = async (
  life: Life,
  facts: NodeFacts,
  connection: Connection,
  machines: readonly Machine[],
  why: string,
): Promise<boolean> => {
  const { node } = facts
  const uid = claimOf(node)
  const record = goodRecord(node)
  if (!record) return true
  for (const machine of machines) {
    // What is asked for is recorded before, and a new leader asks once more: of what was made for this claim when nobody led, and is not
    // what its record tells of, only a time knows that a restore took back. Attempts are counted anew in each of them.
    if (machine.id !== record.id) witness(life, [machine])
    try {
      if (!(await connection.delete(machine, () => isDeletionDue(life, node)))) return false
      life.flights.deletionAccepted(uid, machine.id)
      life.context.log('info', 'machine is being deleted', { node: nameOf(node), machine: machine.id, why })
    } catch (thrown) {
      const error = toProviderError(thrown)
      life.flights.removalFailed(uid, failureOf(life, node, record, error, connection))
      fail(life, node, record, 'delete', error)
      return true
    }
  }
  return true
}

const failureOf = (
  life: Life,
  node: Node,
  record: MachineRecord,
  error: ProviderError,
  { credentialsVersion }: Connection,
  classGeneration?: number,
): Failure => {
  const { runtime } = life.context
  const delayMs = backoffMs(error, life.flights.failuresInARow(claimOf(node)), runtime)
  return {
    attempt: record.attempt,
    reason: error.code,
    message: `provider ${record.provider}: ${error.code}: ${error.message}`,
    madeNothing: provesNothingMade(error),
    elsewhere: false,
    retryAt: runtime.clock.monotonic() + delayMs,
    delayMs,
    classGeneration,
    credentials: credentialsVersion,
    inputs: life.inputs.version(classNameOf(node) ?? ''),
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
