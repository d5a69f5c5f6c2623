import { type Scope, covers } from './error.ts'
import type { CreateRequest } from './machine.ts'

/** Where and as what a machine is asked for: one question to a cloud. */
export interface Place {
  readonly instanceType: string
  readonly capacityType: string
  /** Absent: the cloud chooses. */
  readonly zone?: string
}

/**
 * Pure: the one place that an attempt asks at, for clouds that know a token or a name again in its zone alone. An attempt which went on to
 * another zone after a stockout, and then lost its answer, could be made twice. Here the next place is the next attempt's, which core
 * writes down first, with the scope that was out of stock among those to avoid.
 *
 * @param places in order of preference. When all are to be avoided, attempts take turns among them.
 */
export const placeOf = <P extends Place>(
  places: readonly P[],
  { avoid, owner }: Pick<CreateRequest<unknown>, 'avoid' | 'owner'>,
): P | undefined =>
  places.find(place => !avoid.some(scope => covers(scope, { zone: undefined, ...place }))) ?? places[owner.attempt % places.length]

/**
 * Pure: in an order of the claim's own, whatever order they are given in; one that comes or goes moves no other. The order is part of
 * what a repeated request is recognised by, so it never changes: nothing but the two names goes into it.
 */
export const spread = <T>(things: readonly T[], claim: string, nameOf: (thing: T) => string): readonly T[] =>
  things
    .map(thing => ({ thing, name: nameOf(thing), rank: rankOf(`${claim} ${nameOf(thing)}`) }))
    .toSorted((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .map(({ thing }) => thing)

/**
 * FNV-1a of the text's UTF-16 units, mixed by the end of MurmurHash3, without which names that differ in their last letter stay in step.
 * What provider authors import needs no Node.
 */
const rankOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** For the error of a stockout. */
export const scopeOf = ({ instanceType, capacityType, zone }: Place): Scope => ({
  instanceType,
  capacityType,
  ...(zone !== undefined && { zone }),
})
