import { adoption } from './adoption.ts'
import { drained } from './drained.ts'
import { finalizer } from './finalizer.ts'
import { groupLimits } from './group-limits.ts'
import { groupNodes } from './group-nodes.ts'
import { groupOrders } from './group-orders.ts'
import { foreignKeys } from './foreign-keys.ts'
import { forgottenJoin } from './forgotten-join.ts'
import { frozen } from './frozen.ts'
import { identity } from './identity.ts'
import type { Watch } from './invariant.ts'
import { limits } from './limits.ts'
import { mineOnly } from './mine-only.ts'
import { noLeaks } from './no-leaks.ts'
import { oneLeader } from './one-leader.ts'
import { oneMachine } from './one-machine.ts'
import { renewals } from './renewals.ts'
import { sameRequest } from './same-request.ts'
import { secrets } from './secrets.ts'
import { setBudget } from './set-budget.ts'
import { tokens } from './tokens.ts'

export type { Invariant, Report, Violation, Watch } from './invariant.ts'

/** All that is watched from outside at every step. Convergence, the tenth, is asked for at the end; the eleventh is the lease's. */
export const watches: readonly Watch[] = [
  oneMachine,
  noLeaks,
  mineOnly,
  finalizer,
  drained,
  frozen,
  forgottenJoin,
  setBudget,
  secrets,
  oneLeader,
  foreignKeys,
  identity,
  renewals,
  tokens,
  limits,
  adoption,
  groupOrders,
  groupNodes,
  groupLimits,
  sameRequest,
]
