import type { Census, Judgement } from './census.ts'
import type { Choice, NodeSetFacts } from './facts.ts'
import type { Member } from './member.ts'
import type { Progress } from './progress.ts'
import type { Wishes } from './wishes.ts'

/** What a set whose rollout has stopped stands on. */
export interface Footing {
  /** Nodes that the rollout has failed with: of the newest revision and not up. Nobody counts on them. */
  readonly failing: ReadonlySet<Judgement>
  readonly shares: readonly Share[]
  /** Undefined for a node of a revision that takes no part. */
  shareOf(member: Member): Share | undefined
}

/** A revision that has proved itself here. */
export interface Share {
  readonly choices: readonly Choice[]
  /** How many of its nodes are available: more than 0. */
  readonly weight: number
}

/**
 * While a rollout is paused, or has failed, new nodes are of the revisions that serve, each in the proportion of its available nodes.
 * Undefined where there is nothing to choose: the rollout goes on, or no earlier revision serves that could still be made. With OnDelete
 * there is none that could stop: whoever deletes a node wants the newest.
 */
export const footingOf = (
  facts: NodeSetFacts,
  { live }: Census,
  { paused, onDelete }: Wishes,
  { state }: Progress,
): Footing | undefined => {
  if (facts.earlier.length === 0 || !(state === 'failed' || paused) || (onDelete && !paused)) return undefined
  const revisions = [facts.choices, ...facts.earlier.map(({ choices }) => choices)]
  const index = new Map<string, readonly Choice[]>()
  // A class that is the same in several of them counts as the newest.
  for (const choices of revisions.toReversed()) for (const choice of choices) index.set(keyOf(choice.className, choice.revision), choices)
  const of = ({ className, revision }: Member): readonly Choice[] | undefined => index.get(keyOf(className, revision))
  const weights = new Map<readonly Choice[], number>()
  for (const { member, available } of live) {
    const choices = available ? of(member) : undefined
    if (choices) weights.set(choices, (weights.get(choices) ?? 0) + 1)
  }
  const failing = new Set(
    state === 'failed' ? live.filter(({ member }) => of(member) === facts.choices && member.upSince === undefined) : [],
  )
  // The newest comes last: of two that are as good as each other, it is the one that is on trial.
  const shares = [...facts.earlier.map(({ choices }) => choices), ...(failing.size > 0 ? [] : [facts.choices])].flatMap(choices => {
    const weight = weights.get(choices) ?? 0
    return weight > 0 ? [{ choices, weight }] : []
  })
  if (!shares.some(({ choices }) => choices !== facts.choices)) return undefined
  const byChoices = new Map(shares.map(share => [share.choices, share]))
  return {
    failing,
    shares,
    shareOf(member) {
      const choices = of(member)
      return choices && byChoices.get(choices)
    },
  }
}

const keyOf = (className: string | undefined, revision: string | undefined): string => JSON.stringify([className, revision])

/**
 * In which order revisions are asked for the next node, of `all` that there shall be: the largest remainder first. What is there counts,
 * so that a plan that was carried out in part is gone on with.
 */
export interface Apportioning {
  next(): readonly Share[]
  took(share: Share): void
}

export const apportion = ({ shares, shareOf }: Footing, all: number, there: readonly Judgement[]): Apportioning => {
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0)
  const have = new Map<Share, number>()
  const took = (share: Share): void => void have.set(share, (have.get(share) ?? 0) + 1)
  for (const { member } of there) {
    const share = shareOf(member)
    if (share) took(share)
  }
  // Times `whole`: in whole numbers, equals are equal.
  const lacking = (share: Share): number => all * share.weight - whole * (have.get(share) ?? 0)
  return {
    took,
    next: () => shares.toSorted((a, b) => lacking(b) - lacking(a) || b.weight - a.weight),
  }
}
