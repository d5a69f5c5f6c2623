import { adoptions } from './adoptions.ts'
import { deletions } from './deletions.ts'
import { groups } from './groups.ts'
import { handovers } from './handovers.ts'
import { identity } from './identity.ts'
import { machines } from './machines.ts'
import { orphans } from './orphans.ts'
import { processes } from './processes.ts'
import { recoveries } from './recoveries.ts'
import { renewals } from './renewals.ts'
import { sets } from './sets.ts'
import type { Mutant } from './mutant.ts'

export type { Edit, Mutant } from './mutant.ts'

/**
 * What people who wrote controllers got wrong before, by subject. `npm test` runs a few of them, and
 * `npm run simulate:mutants` all.
 */
export const mutants: readonly Mutant[] = [
  ...sets,
  ...deletions,
  ...machines,
  ...orphans,
  ...processes,
  ...identity,
  ...renewals,
  ...recoveries,
  ...handovers,
  ...adoptions,
  ...groups,
]

/** @throws Error that lists all names, for one that there is not. */
export const mutantNamed = (name: string): Mutant => {
  const mutant = mutants.find(candidate => candidate.name === name)
  if (!mutant) throw new Error(`there is no mutant "${name}"; there are ${mutants.map(each => each.name).join(', ')}`)
  return mutant
}
