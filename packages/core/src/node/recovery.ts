import { type Node, annotations } from '../api/index.ts'
import { type MachineRecord, type Words, claimOf, formatRecord, goodRecord } from '../claim/index.ts'
import { newTokenId } from '../identity/index.ts'
import type { Connection } from '../inventory/index.ts'
import { configureFailed, unsent } from './call.ts'
import { dropDocument, keepDocument } from './document.ts'
import type { NodeFacts } from './facts.ts'
import type { Life } from './life.ts'
import type { NodeStep, Performed } from './step.ts'
import { editWithCondition } from './write.ts'

type RecoveryStep = Extract<NodeStep, { do: 'beginRecovery' | 'prepareRecovery' | 'endRecovery' }>

/**
 * The hands of a recovery: it is recorded with the id of its token, then the token is made, then `configure` brings it to the machine.
 *
 * Dies before or after the record: the next life finds none, or one without a token, which is over and followed by the next. After the
 * token: the next life finds it, and brings it. At its end the token goes first: whoever dies in between finds the record, and looks again.
 */
export const performRecovery = async (
  life: Life,
  step: RecoveryStep,
  facts: NodeFacts,
  connection: Connection | undefined,
): Promise<Performed> => {
  const { node } = facts
  const record = goodRecord(node)
  if (!record) return { afterMs: undefined }
  switch (step.do) {
    case 'beginRecovery': {
      const token = newTokenId(life.context.runtime)
      // First: what this life writes down has no token yet, also when the answer is lost.
      life.flights.recovering(claimOf(node), token)
      return write(life, node, { ...record, config: step.offer.config, token, recovery: step.recovery }, step.said)
    }
    case 'prepareRecovery':
      if (connection) await prepare(life, facts, record, connection)
      return { node }
    case 'endRecovery': {
      await dropDocument(life, node, record)
      const { token: _over, config: _sent, ...rest } = record
      return write(life, node, rest, step.said)
    }
  }
}

/** What came of it is in the flight: the document, that it is lost, or a failure. */
const prepare = async (life: Life, facts: NodeFacts, record: MachineRecord, connection: Connection): Promise<void> => {
  try {
    await keepDocument(life, facts, record, connection)
  } catch (thrown) {
    configureFailed(life, facts.node, record, connection, unsent(thrown))
  }
}

/** The record and what is said of it, in one write. */
const write = async (life: Life, node: Node, record: MachineRecord, said: Words): Promise<Performed> => {
  const written = await editWithCondition(life, node, said, { [annotations.machine]: formatRecord(record) })
  life.flights.said(claimOf(node), said)
  life.context.event(node, 'Warning', said.reason ?? '', said.message ?? '')
  return { node: written }
}
