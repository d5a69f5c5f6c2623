import { NodeClasses, nameOf } from '../api/index.ts'
import { type Connection, offerOf } from '../inventory/index.ts'
import { leadsTo } from './connections/index.ts'
import type { Life } from './life.ts'

/** A warning of an account stands on the classes that lead to it, or whose machines are there, where people look. */
export const tellClasses = (life: Life, connection: Connection, reason: string, message: string): void => {
  const { context } = life
  const wanted = { provider: connection.provider.name, ...connection.reference }
  for (const nodeClass of context.store(NodeClasses).list()) {
    const offer = offerOf(nameOf(nodeClass), nodeClass, life.providers)
    const isToday = !offer.problem && leadsTo(wanted, { provider: offer.provider.name, ...offer.connection })
    if (!isToday && nodeClass.status?.connections?.some(entry => leadsTo(entry, wanted)) !== true) continue
    context.event(nodeClass, 'Warning', reason, message)
  }
}
