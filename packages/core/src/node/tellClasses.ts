import { NodeClasses, nameOf } from '../api/index.ts'
import { canonicalJson } from '../claim/index.ts'
import { type Connection, offerOf } from '../inventory/index.ts'
import type { Life } from './life.ts'

/** A warning of an account stands on the classes that lead to it, where people look. */
export const tellClasses = (life: Life, connection: Connection, reason: string, message: string): void => {
  const { context } = life
  const wanted = canonicalJson(connection.reference)
  for (const nodeClass of context.store(NodeClasses).list()) {
    const offer = offerOf(nameOf(nodeClass), nodeClass, life.providers)
    if (offer.problem || offer.provider.name !== connection.provider.name || canonicalJson(offer.connection) !== wanted) continue
    context.event(nodeClass, 'Warning', reason, message)
  }
}
