import type { Member } from './member.ts'
import type { Wishes } from './wishes.ts'

export interface Orders<T> {
  readonly memberOf: (item: T) => Member
  /** Of those that a rollout has failed with. */
  readonly hasFailed: (item: T) => boolean
  readonly isOutdated: (item: T) => boolean
  readonly podsOf: (member: Member) => number
  readonly wishes: Wishes
}

/** All that an order looks at, worked out once for each: sorting thousands asks for it a hundred thousand times. */
interface Ranked<T> {
  readonly item: T
  /** Kept, none that a rollout failed with, has a machine, has joined, is ready, not outdated: the first that differs decides. */
  readonly group: number
  readonly cost: number
  readonly pods: number
  readonly age: number
  readonly name: string
  readonly zone: string | undefined
  crowd: number
}

/**
 * Which go first: what a rollout has failed with, what has no machine, what never joined, what is not ready, what is to be replaced
 * anyway; what is kept goes last of all; then the cheapest by annotation, then out of the zone with the most, then as
 * spec.scaleDown.order says. By the name at last, so that the order is total.
 */
export const inDeletionOrder = <T>(items: readonly T[], orders: Orders<T>): readonly T[] => {
  const ranked = items.map(item => rank(item, orders))
  crowd(ranked.toSorted((a, b) => byGroup(a, b) || byItself(a, b)))
  return ranked.toSorted((a, b) => byGroup(a, b) || b.crowd - a.crowd || byItself(a, b)).map(({ item }) => item)
}

const rank = <T>(item: T, { memberOf, hasFailed, isOutdated, podsOf, wishes: { order } }: Orders<T>): Ranked<T> => {
  const member = memberOf(item)
  const digits = [member.kept, !hasFailed(item), member.provisioned, member.joined, member.ready, !isOutdated(item)]
  return {
    item,
    group: digits.reduce((sum, digit) => sum * 2 + Number(digit), 0),
    cost: member.cost,
    pods: order === 'LeastPods' ? podsOf(member) : 0,
    age: order === 'Oldest' ? member.createdAt : -member.createdAt,
    name: member.name,
    zone: member.zone,
    crowd: 0,
  }
}

const byGroup = <T>(a: Ranked<T>, b: Ranked<T>): number => a.group - b.group || a.cost - b.cost

const byItself = <T>(a: Ranked<T>, b: Ranked<T>): number =>
  a.pods - b.pods || a.age - b.age || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** The first of the largest zone ranks highest: taking by rank takes from zones in turn, and leaves them even. */
const crowd = <T>(sorted: readonly Ranked<T>[]): void => {
  const left = new Map<string | undefined, number>()
  for (const { zone } of sorted) left.set(zone, (left.get(zone) ?? 0) + 1)
  for (const one of sorted) {
    one.crowd = left.get(one.zone) ?? 0
    left.set(one.zone, one.crowd - 1)
  }
}
