import { type AnyResource, pathOf } from '../api/index.ts'
import type { Candidate } from './candidate.ts'
import type { Check } from './health.ts'

/** Where a manager is on its way, and what keeps it there. */
export type Phase =
  | { readonly name: 'idle' | 'syncing' | 'electing' | 'working' | 'stopping' }
  | { readonly name: 'starting' | 'ended'; readonly problem: string }

export interface ReadinessInput {
  readonly phase: Phase
  readonly candidate: Pick<Candidate, 'waiting' | 'standby'> | undefined
  readonly informers: readonly { readonly resource: AnyResource; readonly store: { readonly synced: boolean } }[]
  /** What went wrong last with reading that path. */
  failureOf(path: string): string
}

/** A restart helps a manager that has failed, and nobody else: one that waits for the API server only has to go on waiting. */
export const liveness = (phase: Phase): readonly Check[] => [{ name: 'manager', problem: phase.name === 'ended' ? phase.problem : '' }]

/**
 * A manager is ready when it works or stands by for the one that does: a rollout of the next version must not wait for the
 * lease that the last one holds.
 */
export const readiness = ({ phase, candidate, informers, failureOf }: ReadinessInput): readonly Check[] => [
  { name: 'manager', problem: problemOf(phase) },
  ...informers.map(({ resource, store }) => ({
    name: `informer ${resource.plural}`,
    problem: store.synced ? '' : failureOf(pathOf(resource)) || 'the first list has not come yet',
  })),
  ...(candidate && phase.name === 'electing'
    ? [{ name: 'leader-election', problem: candidate.standby ? '' : candidate.waiting, note: candidate.waiting }]
    : []),
]

const problemOf = (phase: Phase): string => {
  if (phase.name === 'idle') return 'it does not run yet'
  if (phase.name === 'stopping') return 'it is stopping'
  if (phase.name === 'ended') return phase.problem || 'it has stopped'
  return phase.name === 'starting' ? phase.problem : ''
}
