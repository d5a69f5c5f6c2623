import {
  type Condition,
  type Node,
  type NodeClass,
  type NodeClassStatus,
  NodeClasses,
  Nodes,
  conditionTime,
  conditions,
  finalizers,
  findCondition,
  nameOf,
  setCondition,
} from '../api/index.ts'
import { isBroken, isDeleting, onePerClaim, recordOf } from '../claim/index.ts'
import type { Reconcile, Result } from '../engine/index.ts'
import { anyOfferOf, controllerOf, readCredentials } from '../inventory/index.ts'
import type { Json } from '../kube/index.ts'
import { ProviderError } from '../provider/index.ts'
import { byClass } from './indexes.ts'
import type { Life } from './life.ts'
import { precondition } from './write.ts'

/** The number of nodes alone is worth a write this often at the most: a thousand creations are not a thousand writes. */
const countEveryMs = 5_000
/** A Secret that was missing is looked for this often. */
const recheckMs = 30_000

export interface ClassKeeper {
  reconcile(life: Life, r: Reconcile<NodeClass>): Promise<Result>
}

/** Keeps a NodeClass's status true and its finalizer on while Nodes refer to it. */
export const createClassKeeper = (): ClassKeeper => {
  const writtenAt = new Map<string, number>()
  const judged = new Map<string, Judged>()

  /** Nodes come and go more often than classes and Secrets change: a good verdict is kept for a while. */
  const judge = async (life: Life, nodeClass: NodeClass): Promise<Ready> => {
    const name = nameOf(nodeClass)
    const { clock } = life.context.runtime
    const version = `${nodeClass.metadata?.uid ?? ''}/${nodeClass.metadata?.generation ?? 0}`
    const known = judged.get(name)
    if (known && known.version === version && clock.monotonic() - known.at < recheckMs) return known.ready
    const ready = await readiness(life, nodeClass)
    judged.set(name, { version, at: clock.monotonic(), ready })
    return ready
  }

  return {
    async reconcile(life, { object: nodeClass, client, key, event }) {
      if (!nodeClass || controllerOf(nodeClass) !== life.controller) {
        writtenAt.delete(key.name)
        judged.delete(key.name)
        return undefined
      }
      const users = usersOf(life, nodeClass)
      if (isDeleting(nodeClass)) return letGo(life, nodeClass, users, event)
      if (!nodeClass.metadata?.finalizers?.includes(finalizers.inUse)) {
        const kept = [...(nodeClass.metadata?.finalizers ?? []), finalizers.inUse]
        await client.patch(NodeClasses, key, { merge: { metadata: { finalizers: kept } } }, { on: precondition(nodeClass) })
      }
      const { clock } = life.context.runtime
      const ready = await judge(life, nodeClass)
      const status = nextStatus(nodeClass, onePerClaim(users).length, ready, life.freeze.why, conditionTime(clock.now()))
      const after = ready.status === 'True' ? undefined : { after: recheckMs }
      if (status === nodeClass.status) return after
      const due = (writtenAt.get(key.name) ?? -Infinity) + countEveryMs - clock.monotonic()
      if (due > 0 && status.conditions === nodeClass.status?.conditions) return { after: due }
      writtenAt.set(key.name, clock.monotonic())
      await client.patch(
        NodeClasses,
        key,
        { merge: { status: asJson(status) } },
        { subresource: 'status', on: { uid: nodeClass.metadata?.uid ?? '' } },
      )
      if (ready.status === 'False' && status.conditions !== nodeClass.status?.conditions) event('Warning', ready.reason, ready.message)
      return after
    },
  }
}

interface Judged {
  readonly version: string
  readonly at: number
  readonly ready: Ready
}

type Ready = Pick<Condition, 'status'> & { readonly reason: string; readonly message: string }

const readiness = async (life: Life, nodeClass: NodeClass): Promise<Ready> => {
  const offer = anyOfferOf(nameOf(nodeClass), nodeClass, life.providers)
  if (offer.problem) return { status: 'False', ...offer.problem }
  try {
    await readCredentials(life.context.client, offer.provider, offer.connection.secret, life.context.signal)
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { status: 'False', reason: 'CredentialsUnusable', message: error.message }
  }
  return { status: 'True', reason: 'Valid', message: `provider ${offer.provider.name} accepts the config` }
}

/** The very status object of the class when nothing changed. */
const nextStatus = (nodeClass: NodeClass, nodes: number, ready: Ready, frozen: string | undefined, now: string): NodeClassStatus => {
  const observedGeneration = nodeClass.metadata?.generation ?? 0
  const judged = setCondition(nodeClass.status?.conditions, { type: 'Ready', ...ready, observedGeneration }, now)
  const conditions = withFreeze(judged, frozen, now)
  const old = nodeClass.status
  return old && old.nodes === nodes && old.observedGeneration === observedGeneration && old.conditions === conditions
    ? old
    : { observedGeneration, nodes, conditions }
}

/** Said of a class once it was ever so: who waits for the end of it (kubectl wait) is told. */
const withFreeze = (known: readonly Condition[], frozen: string | undefined, now: string): readonly Condition[] => {
  const type = conditions.deletionsFrozen
  if (frozen !== undefined) return setCondition(known, { type, status: 'True', reason: 'ApiServerRestored', message: frozen }, now)
  if (!findCondition(known, type)) return known
  return setCondition(known, { type, status: 'False', reason: 'Lifted', message: 'somebody has lifted it' }, now)
}

/** Claims that name the class. */
const usersOf = (life: Life, nodeClass: NodeClass): readonly Node[] => life.context.store(Nodes).by(byClass, nameOf(nodeClass))

const letGo = async (life: Life, nodeClass: NodeClass, users: readonly Node[], event: Reconcile<NodeClass>['event']): Promise<Result> => {
  const held = users.filter(node => node.metadata?.finalizers?.includes(finalizers.machine) === true && !isBroken(recordOf(node)))
  if (held.length > 0) {
    const names = held.slice(0, 5).map(nameOf).join(', ')
    event(
      'Warning',
      'InUse',
      `${held.length} nodes still use this class and keep it: ${names}${held.length > 5 ? ', ...' : ''}; delete them first`,
    )
    return { after: 60_000 }
  }
  const left = nodeClass.metadata?.finalizers?.filter(name => name !== finalizers.inUse) ?? []
  if (left.length === nodeClass.metadata?.finalizers?.length) return undefined
  await life.context.client.patch(
    NodeClasses,
    { name: nameOf(nodeClass) },
    { merge: { metadata: { finalizers: left } } },
    { on: precondition(nodeClass) },
  )
  return undefined
}

const asJson = ({ observedGeneration, nodes, conditions }: NodeClassStatus): Json => ({
  observedGeneration,
  nodes,
  conditions: conditions?.map(condition => ({ ...condition })),
})
