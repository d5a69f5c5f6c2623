import {
  type Condition,
  type Node,
  type NodeClass,
  type NodeClassStatus,
  NodeClasses,
  Nodes,
  conditionStatus,
  conditionTime,
  conditions,
  finalizers,
  findCondition,
  nameOf,
  setCondition,
} from '../api/index.ts'
import { canonicalJson, isBroken, isDeleting, onePerClaim, recordOf } from '../claim/index.ts'
import type { Reconcile, Result } from '../engine/index.ts'
import { controllerOf } from '../inventory/index.ts'
import type { Json } from '../kube/index.ts'
import { type ClassVerdict, type Ready, readinessOf, resolveClass } from './classVerdict.ts'
import { byClass } from './indexes.ts'
import { leftOf, openConnections } from './connections/index.ts'
import type { Life } from './life.ts'
import { precondition } from './write.ts'

/** The number of nodes alone is worth a write this often at the most: a thousand creations are not a thousand writes. */
const countEveryMs = 5_000
/** Nor are thousands of nodes gone through for each of them that goes. */
const recountMs = (nodes: number): number => Math.min(countEveryMs, nodes)
/** A Secret that was missing is looked for this often. */
const recheckMs = 30_000
/** Lists may have shown what is left of a class that is being deleted. */
const lookAgainMs = 10_000

export interface ClassKeeper {
  reconcile(life: Life, r: Reconcile<NodeClass>): Promise<Result>
}

/** Keeps a NodeClass's status true and its finalizer on while Nodes refer to it. */
export const createClassKeeper = (): ClassKeeper => {
  /** By name: when nodes may be counted again, monotonic. */
  const countAt = new Map<string, number>()
  /** What keeps classes that are being deleted, as it was told. */
  const told = new Map<string, string>()
  const judged = new Map<string, Judged>()

  const keep = (life: Life, nodeClass: NodeClass, ready: Ready): void => {
    judged.set(nameOf(nodeClass), { version: versionOf(nodeClass), at: life.context.runtime.clock.monotonic(), ready })
  }

  /** Nodes come and go more often than classes and Secrets change: a verdict is kept for a while. */
  const judge = async (life: Life, nodeClass: NodeClass): Promise<Ready> => {
    const known = judged.get(nameOf(nodeClass))
    const isFresh = known?.version === versionOf(nodeClass) && life.context.runtime.clock.monotonic() - known.at < recheckMs
    if (isFresh) return known.ready
    const ready = await readinessOf(life, nodeClass)
    keep(life, nodeClass, ready)
    return ready
  }

  /** With what floats in the config, where that is to be asked for. One that can't be told is not asked for again at once. */
  const complete = async (life: Life, nodeClass: NodeClass, ready: Ready, nodes: number): Promise<ClassVerdict> => {
    const known = nodeClass.status?.resolved
    if (ready.status !== 'True' || !isToBeResolved(nodeClass, nodes)) return { ready, resolved: known }
    const verdict = await resolveClass(life, nodeClass, ready)
    if (verdict.ready !== ready) keep(life, nodeClass, verdict.ready)
    return verdict
  }

  return {
    async reconcile(life, { object: nodeClass, client, key, event }) {
      if (!nodeClass || controllerOf(nodeClass) !== life.controller) {
        countAt.delete(key.name)
        judged.delete(key.name)
        told.delete(key.name)
        return undefined
      }
      if (isDeleting(nodeClass)) {
        return letGo(life, nodeClass, usersOf(life, nodeClass), event, message => {
          if (told.get(key.name) !== message) event('Warning', 'MachinesMayBeLeft', message)
          told.set(key.name, message)
        })
      }
      if (!nodeClass.metadata?.finalizers?.includes(finalizers.inUse)) {
        const kept = [...(nodeClass.metadata?.finalizers ?? []), finalizers.inUse]
        await client.patch(NodeClasses, key, { merge: { metadata: { finalizers: kept } } }, { on: precondition(nodeClass) })
      }
      const { clock } = life.context.runtime
      const saying = (nodes: number, verdict: ClassVerdict): NodeClassStatus =>
        nextStatus(nodeClass, nodes, verdict, life.freeze.why, conditionTime(clock.now()))
      const judgement = await judge(life, nodeClass)
      const { nodes: counted = 0, conditions: known, resolved } = nodeClass.status ?? {}
      const due = (countAt.get(key.name) ?? -Infinity) - clock.monotonic()
      if (due > 0 && saying(counted, { ready: judgement, resolved }).conditions === known) return { after: due }
      const nodes = onePerClaim(usersOf(life, nodeClass)).length
      countAt.set(key.name, clock.monotonic() + recountMs(nodes))
      const verdict = await complete(life, nodeClass, judgement, nodes)
      const { ready } = verdict
      const status = saying(nodes, verdict)
      const after = ready.status === 'True' ? undefined : { after: recheckMs }
      if (status === nodeClass.status) return after
      countAt.set(key.name, clock.monotonic() + countEveryMs)
      await client.patch(
        NodeClasses,
        key,
        { merge: { status: asJson(status) } },
        { subresource: 'status', on: { uid: nodeClass.metadata?.uid ?? '' } },
      )
      if (ready.status !== 'True' && status.conditions !== nodeClass.status?.conditions) event('Warning', ready.reason, ready.message)
      return after
    },
  }
}

interface Judged {
  readonly version: string
  readonly at: number
  readonly ready: Ready
}

const versionOf = ({ metadata }: NodeClass): string => `${metadata?.uid ?? ''}/${metadata?.generation ?? 0}`

/**
 * Of a class that is edited, whose nodes come or go, or that was not ready; never because time has passed, so that nothing is written
 * while nothing happens. Told by the status alone: the next life asks nothing again.
 */
const isToBeResolved = ({ metadata, status }: NodeClass, nodes: number): boolean =>
  status?.observedGeneration !== (metadata?.generation ?? 0) ||
  status.nodes !== nodes ||
  conditionStatus(status.conditions, 'Ready') !== 'True'

/** The very status object of the class when nothing changed. */
const nextStatus = (
  nodeClass: NodeClass,
  nodes: number,
  { ready, resolved }: ClassVerdict,
  frozen: string | undefined,
  now: string,
): NodeClassStatus => {
  const observedGeneration = nodeClass.metadata?.generation ?? 0
  const judged = setCondition(nodeClass.status?.conditions, { type: 'Ready', ...ready, observedGeneration }, now)
  const conditions = withFreeze(judged, frozen, now)
  const old = nodeClass.status
  return old &&
    old.nodes === nodes &&
    old.observedGeneration === observedGeneration &&
    old.conditions === conditions &&
    canonicalJson(old.resolved) === canonicalJson(resolved)
    ? old
    : { observedGeneration, nodes, ...(resolved && { resolved }), conditions }
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

const letGo = async (
  life: Life,
  nodeClass: NodeClass,
  users: readonly Node[],
  event: Reconcile<NodeClass>['event'],
  tell: (message: string) => void,
): Promise<Result> => {
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
  await openConnections(life, nodeClass)
  const places = leftOf(life, nodeClass)
  if (places.length > 0) {
    tell(`machines of this class are or may be left, and keep it: ${places.join('; ')}`)
    return { after: lookAgainMs }
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

const asJson = ({ observedGeneration, nodes, resolved, conditions }: NodeClassStatus): Json => ({
  observedGeneration,
  nodes,
  resolved: resolved?.map(field => ({ ...field })) ?? null,
  conditions: conditions?.map(condition => ({ ...condition })),
})
