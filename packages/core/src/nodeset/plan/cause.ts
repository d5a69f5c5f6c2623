import { findCondition } from '../../api/index.ts'
import type { NodeSetFacts } from './facts.ts'
import type { Member } from './member.ts'
import { isOpen } from './places.ts'
import type { Wishes } from './wishes.ts'

/** Why a node is to be replaced; the first that applies, in this order. */
export type CauseKind =
  /** A condition that spec.repair names has lasted, or it did not come up in time. */
  | 'unhealthy'
  /** It has no machine, its place has none to give, and another place of the set has. */
  | 'soldOut'
  /** The cloud has announced that it takes the machine away, or advises to replace it. */
  | 'interrupted'
  /** Its class, or what the set lays over it, has changed since. */
  | 'revision'
  /** The provider finds its machine to be another than its class says. */
  | 'drift'
  /** Older than spec.maxLifetime. */
  | 'expired'
  /** It is of a class that the set takes only while a better one is sold out. */
  | 'fallback'

export interface Cause {
  readonly kind: CauseKind
  /** In words. */
  readonly why: string
}

/** Milliseconds until a cause arises by time alone come beside it. */
export interface Judged {
  readonly cause: Cause | undefined
  readonly inMs: number
}

const none: Judged = { cause: undefined, inMs: Infinity }

/** Why a live node is to be replaced, whether or not that may be done now. */
export const judge = (member: Member, facts: NodeSetFacts, wishes: Wishes): Judged => {
  const sick = sicknessOf(member, facts, wishes)
  if (sick.cause) return sick
  const cause = soldOutOf(member, facts) ?? interruptionOf(member) ?? revisionOf(member, facts) ?? driftOf(member)
  if (cause) return { cause, inMs: sick.inMs }
  const old = ageOf(member, facts, wishes)
  if (old.cause) return old
  return { cause: fallbackOf(member, facts), inMs: Math.min(sick.inMs, old.inMs) }
}

/** What spec.repair says of it. A condition counts only after the first join; before that there is startupTimeout. */
const sicknessOf = (member: Member, { set, now }: NodeSetFacts, { unhealthy, startupMs }: Wishes): Judged => {
  if (member.unborn) {
    if (startupMs === undefined) return none
    const inMs = member.createdAt + startupMs - now
    if (inMs > 0) return { cause: undefined, inMs }
    return sick(`it did not come up within ${set.spec.repair?.startupTimeout ?? ''} (spec.repair.startupTimeout)`)
  }
  let soonest = Infinity
  for (const { type, status, after, afterMs } of unhealthy) {
    const condition = findCondition(member.node.status?.conditions, type)
    if (condition?.status !== status) continue
    const since = Date.parse(condition.lastTransitionTime ?? '')
    const inMs = (Number.isNaN(since) ? now : since) + afterMs - now
    if (inMs <= 0) return sick(`its condition ${type} has been ${status} for ${after} (spec.repair.unhealthy)`)
    soonest = Math.min(soonest, inMs)
  }
  return { cause: undefined, inMs: soonest }
}

const sick = (why: string): Judged => ({ cause: { kind: 'unhealthy', why }, inMs: Infinity })

const choiceOf = ({ className }: Member, { choices }: NodeSetFacts) => choices.find(choice => choice.className === className)

/** Nothing is known of a class that offers nothing: its nodes stay as they are. */
const revisionOf = (member: Member, facts: NodeSetFacts): Cause | undefined => {
  const choice = choiceOf(member, facts)
  if (!choice) return { kind: 'revision', why: `its class ${member.className ?? ''} is none of the set's any more` }
  if (choice.revision === undefined || choice.revision === member.revision) return undefined
  return { kind: 'revision', why: `it is of revision ${member.revision ?? '(none)'}, and the set of ${choice.revision}` }
}

const soldOutOf = (member: Member, facts: NodeSetFacts): Cause | undefined => {
  if (!member.soldOut) return undefined
  const elsewhere = facts.choices.some(choice =>
    choice.zones.some(zone => isOpen(choice, zone) && !(choice.className === member.className && zone.name === member.zone)),
  )
  if (!elsewhere) return undefined
  const place = member.zone === undefined ? `class ${member.className ?? ''}` : `class ${member.className ?? ''} in ${member.zone}`
  return { kind: 'soldOut', why: `${place} is out of capacity, and the set may have it elsewhere` }
}

const interruptionOf = ({ interruption }: Member): Cause | undefined =>
  interruption === undefined ? undefined : { kind: 'interrupted', why: interruption }

const driftOf = ({ drift }: Member): Cause | undefined => (drift === undefined ? undefined : { kind: 'drift', why: drift })

/** The last tenth of a lifetime is spread by the UID, so that nodes which came together do not go together. */
const ageOf = ({ spread, createdAt }: Member, { now, set }: NodeSetFacts, { lifetimeMs }: Wishes): Judged => {
  if (lifetimeMs === undefined) return none
  const inMs = createdAt + lifetimeMs * (0.9 + 0.1 * spread) - now
  if (inMs > 0) return { cause: undefined, inMs: Math.ceil(inMs) }
  return { cause: { kind: 'expired', why: `its lifetime ends (spec.maxLifetime: ${set.spec.maxLifetime ?? ''})` }, inMs: Infinity }
}

const fallbackOf = (member: Member, { choices }: NodeSetFacts): Cause | undefined => {
  const better = choices.find(choice => choice.className === member.className || choice.zones.some(zone => isOpen(choice, zone)))
  if (better === undefined || better.className === member.className) return undefined
  return { kind: 'fallback', why: `class ${better.className} comes before ${member.className ?? ''}, and has capacity again` }
}
