import { type ClassConnection, type NodeClass, Nodes, nameOf } from '../../api/index.ts'
import { classNameOf, goodRecord } from '../../claim/index.ts'
import type { Connection } from '../../inventory/index.ts'
import { byClaim, byClass } from '../indexes.ts'
import type { Life } from '../life.ts'
import { entryOfRecord, leadsTo } from './entry.ts'
import { sendingKey } from './memory.ts'

/** What is known of a remembered connection that is open. */
export interface Sight {
  readonly account: string | undefined
  /** Why its machines can't be listed. */
  readonly problem: string | undefined
  /** Places were left out of the newest list. */
  readonly isPartial: boolean
  /** Monotonic start of the newest complete list. */
  readonly listedAt: number
  /** See Sendings. */
  readonly shownAfter: number
}

/** Pure: in words, why a list does not tell yet whether anything is left there; undefined when it does. */
export const whyUnseen = ({ account: expected }: ClassConnection, sight: Sight | undefined): string | undefined => {
  if (!sight) return 'it is not open'
  const { account, problem, isPartial, listedAt, shownAfter } = sight
  if (expected !== undefined && account !== expected) return `its credentials open account ${account ?? 'unknown'} now`
  if (problem !== undefined) return `its machines can't be listed: ${problem}`
  if (isPartial) return 'not all of its places could be asked'
  return listedAt > shownAfter ? undefined : 'no list is new enough to show what was sent there'
}

/** In words, what of this class is or may be left there; undefined when nothing is. Asks nobody: connections are open, or not. */
export const whyLeft = (life: Life, nodeClass: NodeClass, entry: ClassConnection): string | undefined => {
  if (life.freeze.why !== undefined) return life.freeze.why
  const user = life.context
    .store(Nodes)
    .by(byClass, nameOf(nodeClass))
    .find(node => {
      const record = goodRecord(node)
      const own = record && entryOfRecord(record)
      return own && leadsTo(own, entry) && (own.account ?? entry.account) === entry.account
    })
  if (user) return `node ${nameOf(user)}`
  const key = sendingKey(nodeClass, entry)
  const { sendings } = life.connections
  // By whatever it may be opened: nothing was ever made there.
  if (sendings.shownAfter(key, 0) === -Infinity) return undefined
  const connection = life.session.connections.find(({ provider, reference }) => leadsTo(entry, { provider: provider.name, ...reference }))
  return whyUnseen(entry, connection && sightOf(connection, sendings, key)) ?? machineAt(life, nameOf(nodeClass), connection)
}

const sightOf = (connection: Connection, sendings: Life['connections']['sendings'], key: string): Sight => {
  const { account, inventory, createTimeoutMs, consistencyWindowMs } = connection
  return {
    account,
    problem: inventory.problem?.message,
    isPartial: inventory.unasked.length > 0,
    listedAt: inventory.listedAt,
    shownAfter: sendings.shownAfter(key, createTimeoutMs + consistencyWindowMs),
  }
}

/** One that no Node stands for, or a Node of this class; those of other classes are remembered by these. */
const machineAt = (life: Life, className: string, connection: Connection | undefined): string | undefined => {
  const nodes = life.context.store(Nodes)
  const machine = connection?.inventory.list().find(({ owner }) => {
    if (owner?.cluster !== life.cluster || owner.controller !== life.controller) return false
    const [node] = nodes.by(byClaim, owner.claim)
    return !node || classNameOf(node) === className
  })
  return machine && `machine ${machine.providerID}`
}
