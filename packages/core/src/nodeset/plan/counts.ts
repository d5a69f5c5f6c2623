import { revisionOfSet } from '../../claim/index.ts'
import type { Census } from './census.ts'
import type { NodeSetFacts } from './facts.ts'

/** The numbers of a set's status; nodes that are being deleted are in none of them. */
export interface Counts {
  /** Those that serve or will. */
  readonly replicas: number
  readonly ready: number
  /** Of those that serve. */
  readonly available: number
  readonly updated: number
  /** Available ones of the headroom. */
  readonly warm: number
}

export const countsOf = ({ choices }: NodeSetFacts, { live }: Census): Counts => {
  const revisions = new Map(choices.map(({ className, revision }) => [className, revision]))
  const serving = live.filter(({ member }) => !member.warm)
  return {
    replicas: serving.length,
    ready: serving.filter(({ member }) => member.joined && member.ready).length,
    available: serving.filter(({ available }) => available).length,
    updated: serving.filter(({ member }) => member.revision !== undefined && revisions.get(member.className ?? '') === member.revision)
      .length,
    warm: live.filter(({ member, available }) => member.warm && available).length,
  }
}

/** What the set's nodes shall be: of one class its revision, of several one name for all of theirs; as before while one offers nothing. */
export const updateRevisionOf = ({ set, choices }: NodeSetFacts): string | undefined => {
  const [first, ...others] = choices.flatMap(({ revision }) => revision ?? [])
  if (first === undefined || others.length + 1 < choices.length) return set.status?.updateRevision
  return revisionOfSet([first, ...others])
}
