import { drained } from './drained.ts'
import { finalizer } from './finalizer.ts'
import { foreignKeys } from './foreign-keys.ts'
import { frozen } from './frozen.ts'
import type { Watch } from './invariant.ts'
import { mineOnly } from './mine-only.ts'
import { noLeaks } from './no-leaks.ts'
import { oneLeader } from './one-leader.ts'
import { oneMachine } from './one-machine.ts'
import { secrets } from './secrets.ts'
import { setBudget } from './set-budget.ts'

export type { Invariant, Report, Violation, Watch } from './invariant.ts'

/** All that is watched from outside at every step. Convergence, the tenth, is asked for at the end; the eleventh is the lease's. */
export const watches: readonly Watch[] = [
  oneMachine,
  noLeaks,
  mineOnly,
  finalizer,
  drained,
  frozen,
  setBudget,
  secrets,
  oneLeader,
  foreignKeys,
]
