import { type Node, NodeClasses } from '../../api/index.ts'
import { claimOf, classNameOf } from '../../claim/index.ts'
import { type Connection, controllerOf } from '../../inventory/index.ts'
import type { Life } from '../life.ts'
import { entryOf } from './entry.ts'
import { sendingKey } from './memory.ts'
import type { Outcome } from './sendings.ts'

/** Sends what may make a machine, or mark one as ours, once the claim's class remembers where. */
export const sendUnder = async (life: Life, node: Node, connection: Connection, send: () => Promise<void>): Promise<void> => {
  const name = classNameOf(node) ?? ''
  const nodeClass = life.context.store(NodeClasses).get({ name })
  // Somebody has taken the class away past its finalizer, or given it to another controller: the record on the Node has to do.
  if (!nodeClass || controllerOf(nodeClass) !== life.controller) return send()
  const { connections } = life
  const entry = entryOf(connection)
  const sending = connections.sendings.begin(sendingKey(nodeClass, entry))
  try {
    await connections.remember(name, [entry])
  } catch (error) {
    sending.end('nothing')
    throw error
  }
  try {
    await send()
    sending.end(outcomeOf(life, node))
  } finally {
    sending.end('unknown')
  }
}

const outcomeOf = ({ flights }: Life, node: Node): Outcome => {
  const { unknownSince, failure } = flights.of(claimOf(node))
  if (unknownSince !== undefined) return 'unknown'
  return failure?.madeNothing === true ? 'nothing' : 'machine'
}
