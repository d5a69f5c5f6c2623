import { scaledValue } from '../../api/index.ts'
import { type Cause, type CauseKind, judge } from './cause.ts'
import type { NodeSetFacts } from './facts.ts'
import { type Member, availableInMs } from './member.ts'
import type { Wishes } from './wishes.ts'

/** A live node of the set, judged. */
export interface Judgement {
  readonly member: Member
  readonly cause: Cause | undefined
  /** Why it stays although there is a cause; undefined where it may go. */
  readonly hold: Hold | undefined
  readonly available: boolean
}

export interface Hold {
  readonly kind: 'frozen' | 'node' | 'pod' | 'paused' | 'onDelete'
  /** In words. */
  readonly why: string
}

/** The set's nodes, counted and judged once for all that is decided on them. */
export interface Census {
  readonly live: readonly Judgement[]
  /** All that exist or may exist: those being deleted and those without an answer included. */
  readonly total: number
  readonly frozen: readonly string[]
  /** Milliseconds until time alone changes a judgement; Infinity where it does not. */
  readonly afterMs: number
}

/** Those that cost nobody anything, those that serve nobody, and those that go anyway: they do not wait for a rollout to be allowed. */
const urgent: ReadonlySet<CauseKind> = new Set(['unhealthy', 'soldOut', 'interrupted'])

export const isUrgent = ({ kind }: Cause): boolean => urgent.has(kind)

export const censusOf = (facts: NodeSetFacts, wishes: Wishes): Census => {
  const present = facts.members.filter(({ deleting }) => !deleting)
  const judged = present.map(member => ({
    member,
    ...judge(member, facts, wishes),
    upInMs: availableInMs(member, wishes.minReadyMs, facts.now),
  }))
  const ill = judged.filter(({ cause }) => cause?.kind === 'unhealthy').map(({ member }) => member)
  const gate = repairGate(facts, present, ill, wishes)
  const live = judged.map(({ member, cause, upInMs }) => ({
    member,
    cause,
    available: upInMs === 0,
    hold: cause && holdOf(member, cause, { facts, wishes, gate, available: upInMs === 0 }),
  }))
  const byPods = live.some(({ hold }) => hold?.kind === 'pod')
  const times = judged.flatMap(({ inMs, upInMs }) => [inMs, upInMs]).filter(ms => ms > 0)
  const closed = facts.choices.flatMap(({ zones }) => zones.map(({ closedMs }) => closedMs)).filter(ms => ms > 0)
  return {
    live,
    total: facts.members.length + facts.unknown,
    frozen: gate.frozen,
    afterMs: soonest([...times, ...closed, ...(byPods ? [lookAgainMs] : [])]),
  }
}

/** Pods come and go without a word to the set. */
const lookAgainMs = 30_000

/** Never a spread of thousands of arguments. */
const soonest = (times: readonly number[]): number => times.reduce((a, b) => Math.min(a, b), Infinity)

interface Gate {
  readonly frozen: readonly string[]
  readonly isShut: (zone: string | undefined) => boolean
}

/** Many that look sick at once are a failure of something else, which new machines would not mend. */
const repairGate = ({ set }: NodeSetFacts, live: readonly Member[], ill: readonly Member[], { replicas, headroom }: Wishes): Gate => {
  const most = set.spec.repair?.maxUnhealthy
  if (most === undefined || ill.length === 0) return { frozen: [], isShut: () => false }
  const allowed = scaledValue(most, replicas + headroom, 'up')
  if (ill.length > allowed) {
    const frozen = [
      `${ill.length} of ${live.length} nodes are unhealthy, more than spec.repair.maxUnhealthy (${most}) allows to be replaced`,
    ]
    return { frozen, isShut: () => true }
  }
  const shut = new Map<string, string>()
  const [sizes, sickOnes] = [countByZone(live), countByZone(ill)]
  for (const [zone, size] of sizes) {
    const count = sickOnes.get(zone) ?? 0
    if (count <= scaledValue(most, size, 'up')) continue
    shut.set(
      zone,
      `zone ${zone}: ${count} of ${size} nodes are unhealthy, more than spec.repair.maxUnhealthy (${most}) allows to be replaced`,
    )
  }
  return { frozen: [...shut.values()], isShut: zone => zone !== undefined && shut.has(zone) }
}

/** Where nodes are; those of no zone make none. */
const countByZone = (members: readonly Member[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { zone } of members) if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + 1)
  return counts
}

interface Holding {
  readonly facts: NodeSetFacts
  readonly wishes: Wishes
  readonly gate: Gate
  readonly available: boolean
}

const holdOf = (member: Member, cause: Cause, { facts, wishes, gate, available }: Holding): Hold | undefined => {
  if (cause.kind === 'unhealthy' && gate.isShut(member.zone)) return { kind: 'frozen', why: 'repairs are frozen' }
  if (isUrgent(cause)) return keptBy({ member, available: available && cause.kind === 'interrupted' }, facts)
  if (wishes.paused) return { kind: 'paused', why: 'the set is paused (spec.paused)' }
  if (wishes.onDelete && (cause.kind === 'revision' || cause.kind === 'drift')) {
    return { kind: 'onDelete', why: 'the strategy is OnDelete: whoever deletes it has it replaced' }
  }
  return keptBy({ member, available }, facts)
}

/** Why somebody wants the node to stay. Pods on a node that is not up keep nothing: they do not run. */
export const keptBy = ({ member, available }: Pick<Judgement, 'member' | 'available'>, { podsOn }: NodeSetFacts): Hold | undefined => {
  if (member.kept) return { kind: 'node', why: 'it is annotated do-not-disrupt' }
  const pod = available ? podsOn(member.name).kept : undefined
  return pod === undefined ? undefined : { kind: 'pod', why: `pod ${pod} is annotated do-not-disrupt` }
}
