import type { Vacancy } from '../../engine/index.ts'
import type { Machine } from '../../provider/index.ts'

/** Between clocks, and for what a leader had sent before it fell silent. Milliseconds. */
const marginMs = 30_000

/**
 * Of our machines that no claim knows of, or whose claim's record tells of another one: those that were made while, by the lease,
 * nobody led. A Lease in a backup is as old as the backup, since leaders renew it every two seconds: so these were made after the backup,
 * and their claims or records have gone with the restore. It needs nobody who has seen the API server go back. All of them: what a person
 * has lifted for one that lingers says nothing of the next.
 */
export const forgotten = (unknown: readonly Machine[], vacancies: readonly Vacancy[]): readonly Machine[] =>
  unknown.filter(({ createdAt }) => {
    const at = Date.parse(createdAt)
    return vacancies.some(({ from, to }) => at > from + marginMs && at < to)
  })
