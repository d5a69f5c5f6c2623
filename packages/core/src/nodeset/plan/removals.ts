import { type Census, type Judgement, isUrgent, keptBy } from './census.ts'
import type { NodeSetFacts } from './facts.ts'
import { type Ledger, createLedger } from './ledger.ts'
import { inDeletionOrder } from './order.ts'
import type { Wishes } from './wishes.ts'

export interface Removals {
  readonly taken: ReadonlyMap<Judgement, string>
  /** Live nodes that stay for now, though they are to be replaced. */
  readonly outdated: ReadonlySet<Judgement>
  /** In words, what is more than asked for and stays. */
  readonly kept: readonly string[]
}

export interface Failure {
  /** The rollout has failed: nothing more is replaced for being old until something moves again. */
  readonly stopped: boolean
  /** Nodes that it has failed with. */
  readonly failing: ReadonlySet<Judgement>
}

export const planRemovals = (facts: NodeSetFacts, census: Census, wishes: Wishes, { stopped, failing }: Failure): Removals => {
  const ledger = createLedger(census.live, wishes)
  removeUseless(census, ledger, stopped)
  const left = inOrder(
    census.live.filter(one => !ledger.has(one)),
    facts,
    wishes,
    failing,
  )
  const outdated = new Set(outdatedOf(left))
  // Whoever goes anyway may be all that is too many.
  replace(left, stopped ? new Set([...outdated].filter(isPressing)) : outdated, ledger, wishes)
  const kept = removeExcess(
    left.filter(one => !ledger.has(one)),
    outdated,
    ledger,
    facts,
    wishes,
  )
  return { taken: ledger.taken, outdated: new Set([...outdated].filter(one => !ledger.has(one))), kept }
}

/** What serves nobody and is to be replaced anyway. */
const removeUseless = ({ live }: Census, ledger: Ledger, stopped: boolean): void => {
  for (const one of live) {
    const { cause, hold, available, member } = one
    if (!cause || hold || available) continue
    if (isUrgent(cause) || (member.unborn && cause.kind !== 'fallback' && !stopped)) ledger.take(one, cause.why)
  }
}

/** Replaced also while a rollout has failed. */
export const isPressing = ({ cause }: Judgement): boolean => cause !== undefined && isUrgent(cause)

const inOrder = (
  list: readonly Judgement[],
  { podsOn }: NodeSetFacts,
  wishes: Wishes,
  failing: ReadonlySet<Judgement>,
): readonly Judgement[] =>
  inDeletionOrder(list, {
    wishes,
    memberOf: ({ member }) => member,
    hasFailed: one => failing.has(one),
    isOutdated: ({ cause }) => cause !== undefined,
    podsOf: ({ name }) => podsOn(name).count,
  })

/** A better class is tried with one node at a time, and only when nothing else is being replaced. */
const outdatedOf = (left: readonly Judgement[]): readonly Judgement[] => {
  const moving = left.filter(({ cause, hold }) => cause !== undefined && !hold)
  const others = moving.filter(({ cause }) => cause?.kind !== 'fallback')
  return others.length > 0 ? others : moving.slice(0, 1)
}

/** What is more than asked for; while something is replaced, more than the surge besides. */
const removeExcess = (
  left: readonly Judgement[],
  outdated: ReadonlySet<Judgement>,
  ledger: Ledger,
  facts: NodeSetFacts,
  { replicas, headroom, surge }: Wishes,
): readonly string[] => {
  const kept: string[] = []
  // A warm one above the headroom may be the successor of one that serves, and the other way round.
  let old = left.filter(one => outdated.has(one)).length
  const trim = (list: readonly Judgement[], wanted: number, why: string): void => {
    let count = list.length
    for (const one of list) {
      if (count <= wanted + Math.min(surge, old)) return
      if (!ledger.mayGo(one)) continue
      const hold = keptBy(one, facts)
      if (hold) {
        kept.push(`${one.member.name} is more than asked for: ${hold.why}`)
        continue
      }
      ledger.take(one, why)
      count -= 1
      if (outdated.has(one)) old -= 1
    }
  }
  const [warm, serving] = [left.filter(({ member }) => member.warm), left.filter(({ member }) => !member.warm)]
  trim(serving, replicas, `the set asks for ${replicas}`)
  // Those that are about to serve in the place of one that is lacking are not too many.
  trim(warm, headroom + Math.max(0, replicas - serving.length), `the set keeps ${headroom} warm`)
  return kept
}

/**
 * What is old goes when something new has taken its place. What is old and not available goes first, but never so many that too
 * few would be left if all of them came back: a passing silence of half a fleet is no reason to replace it at once.
 */
const replace = (left: readonly Judgement[], outdated: ReadonlySet<Judgement>, ledger: Ledger, wishes: Wishes): void => {
  const { replicas, headroom, unavailable } = wishes
  const stays = left.filter(one => !ledger.has(one))
  const newcomers = stays.filter(one => !outdated.has(one) && !one.available).length
  let spare = stays.length - Math.max(0, replicas + headroom - unavailable) - newcomers
  const go = stays.filter(one => outdated.has(one)).toSorted((a, b) => Number(b.member.warm) - Number(a.member.warm))
  for (const one of go) {
    const why = one.cause?.why ?? ''
    if (one.cause?.kind === 'fallback') {
      // It is as good as any other, but for its price: nothing is risked for it.
      if (ledger.available() - Number(one.available && !one.member.warm) >= replicas) ledger.take(one, why)
    } else if (one.available) {
      if (ledger.mayGo(one)) ledger.take(one, why)
    } else if (spare > 0) {
      ledger.take(one, why)
      spare -= 1
    }
  }
}
