import {
  type NodeSet,
  NodeClasses,
  type NodeSetStatus,
  NodeSets,
  classNamesOfSet,
  defaultController,
  findCondition,
  nameOf,
} from '../api/index.ts'
import type { Reconcile, Result } from '../engine/index.ts'
import { type Providers, controllerOf } from '../inventory/index.ts'
import { isConflict } from '../kube/index.ts'
import { isDeleting, perVersion } from '../claim/index.ts'
import { type Asked, gather } from './gather.ts'
import { type GroupLife, drivesGroup, reconcileGroup } from './group/index.ts'
import { createHands } from './hands.ts'
import { atOnce, inLanes } from './inLanes.ts'
import { asJson } from './json.ts'
import { type NodeSetFacts, type NodeSetPlan, memberOf, planNodeSet } from './plan/index.ts'
import type { RevisionKeeper } from './revisions/index.ts'
import { onlyNumbersDiffer, statusOf } from './status.ts'
import type { Stock } from './stock.ts'

export interface KeeperOptions {
  readonly providers: Providers
  /** The `spec.controller` of the classes to serve. */
  readonly controller: string
  readonly stock: Stock
  readonly revisions: RevisionKeeper
  /** Undefined where no provider manages groups. */
  readonly groups: GroupLife | undefined
  readonly onScaled: (change: { readonly nodeSet: string; readonly created: number; readonly removed: number }) => void
}

export interface SetKeeper {
  reconcile(r: Reconcile<NodeSet>): Promise<Result>
}

const mayHaveStopped = ({ spec, status }: NodeSet): boolean =>
  spec.paused === true || findCondition(status?.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded'

interface Planned {
  readonly facts: NodeSetFacts
  readonly plan: NodeSetPlan
}

/** Numbers alone are worth a status write this often at the most. */
const numbersEveryMs = 500
/** A look at a set takes time by its size, and each of its nodes wakes it several times on its way up and down. */
const lookAgainMs = (members: number): number => Math.min(2_000, members / 10)
/** What is not done by then is decided anew: nodes have come and gone meanwhile. */
const planLastsMs = 1_000
/** How soon a set looks again that found the limit of its class taken by what others are making. */
const crowdedMs = 2_000

export const createSetKeeper = ({ providers, controller, stock, revisions, groups, onScaled }: KeeperOptions): SetKeeper => {
  const writtenAt = new Map<string, number>()
  /** By name: when the next look is due at the earliest, monotonic. */
  const dueAt = new Map<string, number>()
  /** Sets, by name, whose last creations went well and were not all that it takes: the next ones need no slow start. */
  const going = new Set<string>()
  const hands = createHands(providers)
  const viewOf = perVersion(memberOf)

  const planOf = (r: Reconcile<NodeSet>, set: NodeSet, { unknown, history }: Asked): Planned => {
    const underWay = (className: string): number => hands.underWay(r, className)
    const facts = gather(r, set, { unknown, history }, { providers, controller, stock, memberOf: viewOf, underWay })
    return { facts, plan: planNodeSet(facts) }
  }

  const ask = async (r: Reconcile<NodeSet>, set: NodeSet): Promise<Asked> => ({
    // What it was before matters while its rollout has stopped.
    history: mayHaveStopped(set) ? await revisions.recall(r, set) : [],
    unknown: await hands.unanswered(r, set.metadata?.uid ?? ''),
  })

  /** The first of its classes that exists says who serves the set. */
  const isOurs = (r: Reconcile<NodeSet>, set: NodeSet): boolean => {
    const [nodeClass] = classNamesOfSet(set).flatMap(name => r.store(NodeClasses).get({ name }) ?? [])
    return (nodeClass ? controllerOf(nodeClass) : defaultController) === controller
  }

  /** Milliseconds until the status may be written; undefined when it says so already. */
  const statusDueMs = (r: Reconcile<NodeSet>, set: NodeSet, next: NodeSetStatus): number | undefined => {
    if (next === set.status) return undefined
    if (!onlyNumbersDiffer(set.status, next)) return 0
    return Math.max(0, (writtenAt.get(r.key.name) ?? -Infinity) + numbersEveryMs - r.runtime.clock.monotonic())
  }

  const writeStatus = async (r: Reconcile<NodeSet>, set: NodeSet, next: NodeSetStatus): Promise<Result> => {
    const due = statusDueMs(r, set, next)
    if (due !== 0) return waiting(due)
    writtenAt.set(r.key.name, r.runtime.clock.monotonic())
    await r.client.patch(
      NodeSets,
      r.key,
      { merge: { status: asJson(next) } },
      { subresource: 'status', on: { uid: set.metadata?.uid ?? '' }, signal: r.signal },
    )
    return undefined
  }

  /** Whether what was decided is still to be done: for a moment, and while the set asks for the same. */
  const lasting = (r: Reconcile<NodeSet>, set: NodeSet): (() => boolean) => {
    const { clock } = r.runtime
    const until = clock.monotonic() + planLastsMs
    const { uid, generation } = set.metadata ?? {}
    return () => {
      const now = r.store(NodeSets).get(r.key)?.metadata
      return clock.monotonic() < until && now?.uid === uid && now?.generation === generation
    }
  }

  /** @returns whether all of it was done. */
  const carryOut = async (r: Reconcile<NodeSet>, set: NodeSet, plan: NodeSetPlan): Promise<boolean> => {
    const { adopt, create, remove, release, warm, shortfall } = plan
    const goesOn = lasting(r, set)
    using announced = hands.announce(create)
    if (adopt.length > 0) r.event('Normal', 'Adopting', `takes over ${adopt.length} nodes that a set of its name left behind`)
    for (const node of adopt) await hands.adopt(r, set, node)
    if (shortfall && create.length === 0) r.event('Warning', shortfall.reason, shortfall.message)
    const turns = [...release.map(node => ({ node, toWarm: false })), ...warm.map(node => ({ node, toWarm: true }))]
    const turned = await inLanes(turns, { goesOn }, ({ node, toWarm }) => hands.setWarm(r, node, toWarm))
    const startWith = going.delete(r.key.name) ? atOnce : 1
    const created = await inLanes(create, { goesOn, startWith }, creation => announced.create(r, set, creation))
    if (created.failures.length === 0 && created.done.length < create.length) going.add(r.key.name)
    const isFailing = turned.failures.length + created.failures.length > 0
    const toRemove = isFailing ? [] : remove
    const removed = await inLanes(toRemove, { goesOn, isOfOne: isConflict }, ({ node }) => hands.remove(r, node))
    tellDone(r, set, created.done, removed.done)
    const failures = [...turned.failures, ...created.failures, ...removed.failures]
    if (failures.length > 0) throw failures[0]
    return turned.done.length === turns.length && created.done.length === create.length && removed.done.length === remove.length
  }

  const tellDone = (r: Reconcile<NodeSet>, set: NodeSet, created: NodeSetPlan['create'], removed: NodeSetPlan['remove']): void => {
    if (created.length === 0 && removed.length === 0) return
    onScaled({ nodeSet: nameOf(set), created: created.length, removed: removed.length })
    for (const [revision, count] of countByRevision(created)) {
      const which = revision === undefined ? '' : ` as they were in ${revision}, as its rollout has stopped`
      r.event('Normal', 'Creating', `creates ${count} of its nodes${which}`)
    }
    for (const [why, count] of countByReason(removed)) r.event('Normal', 'Removing', `removes ${count} of its nodes: ${why}`)
  }

  /** Planned and announced in one breath: another set would take the same place under a limit. */
  const act = async (r: Reconcile<NodeSet>, set: NodeSet, { facts, plan }: Planned, status: Result): Promise<Result> => {
    if (!(await carryOut(r, set, plan))) return { after: 0 }
    dueAt.set(r.key.name, r.runtime.clock.monotonic() + lookAgainMs(facts.members.length))
    if (plan.adopt.length > 0) return earliest(status, 1_000)
    // What another set has announced it may not get.
    const crowded = plan.shortfall !== undefined && classNamesOfSet(set).some(className => hands.underWay(r, className) > 0)
    return earliest(status, crowded ? Math.min(plan.afterMs ?? Infinity, crowdedMs) : plan.afterMs)
  }

  /** Numbers keep nothing waiting: what was decided stands, and is not decided once more when they are written. */
  const actAndTell = async (r: Reconcile<NodeSet>, set: NodeSet, seen: Planned, next: NodeSetStatus): Promise<Result> => {
    try {
      return await act(r, set, seen, undefined)
    } finally {
      await writeStatus(r, set, next)
    }
  }

  return {
    async reconcile(r) {
      const set = r.object
      if (!set) {
        writtenAt.delete(r.key.name)
        dueAt.delete(r.key.name)
        going.delete(r.key.name)
        revisions.forget(r.key.name)
        return undefined
      }
      if (!isOurs(r, set)) return undefined
      if (groups && drivesGroup(groups, r, set))
        return reconcileGroup(groups, r, set, { writeStatus, revisions, underWay: name => hands.underWay(r, name) })
      const { clock } = r.runtime
      const tooEarlyMs = (dueAt.get(r.key.name) ?? -Infinity) - clock.monotonic()
      if (tooEarlyMs > 0) return { after: tooEarlyMs }
      const { uid = '' } = set.metadata ?? {}
      const seen = planOf(r, set, await ask(r, set))
      const next = statusOf(seen.facts, seen.plan)
      const due = statusDueMs(r, set, next)
      const isKept = isDeleting(set) || revisions.isKept(seen.facts)
      if (isKept && r.store(NodeSets).get(r.key) === set) {
        if (due !== 0) return act(r, set, seen, waiting(due))
        if (onlyNumbersDiffer(set.status, next)) return actAndTell(r, set, seen, next)
      }
      if (!isDeleting(set)) await revisions.keep(r, seen.facts)
      const status = await writeStatus(r, set, next)
      const current = r.store(NodeSets).get(r.key)
      if (!current || current.metadata?.uid !== uid) return status
      // The write took its time, and Nodes have come and gone meanwhile: what is done is decided on what is known now.
      const asked = await ask(r, current)
      return act(r, current, planOf(r, current, asked), status)
    },
  }
}

/** For a status that is due then. */
const waiting = (dueMs: number | undefined): Result => (dueMs === undefined ? undefined : { after: dueMs })

/** By the ControllerRevision that they are made of; undefined for the newest. */
const countByRevision = (created: NodeSetPlan['create']): ReadonlyMap<string | undefined, number> => {
  const counts = new Map<string | undefined, number>()
  for (const { choice } of created) {
    const from = choice.offer.problem ? undefined : choice.offer.from
    counts.set(from, (counts.get(from) ?? 0) + 1)
  }
  return counts
}

const countByReason = (removed: NodeSetPlan['remove']): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { why } of removed) counts.set(why, (counts.get(why) ?? 0) + 1)
  return counts
}

const earliest = (result: Result, afterMs: number | undefined): Result => {
  if (afterMs === undefined) return result
  const other = result && typeof result.after === 'number' ? result.after : Infinity
  return { after: Math.min(other, afterMs) }
}
