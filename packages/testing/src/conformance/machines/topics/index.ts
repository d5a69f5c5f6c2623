import type { MachineTopic } from '../trial.ts'
import { abort } from './abort.ts'
import { batches } from './batches.ts'
import { config } from './config.ts'
import { connect } from './connect.ts'
import { create } from './create.ts'
import { data } from './data.ts'
import { declaration } from './declaration.ts'
import { deletion } from './delete.ts'
import { dispose } from './dispose.ts'
import { errors } from './errors.ts'
import { idempotency } from './idempotency.ts'
import { limits } from './limits.ts'
import { list } from './list.ts'
import { methods } from './methods.ts'
import { names } from './names.ts'
import { secrets } from './secrets.ts'

export const topics: readonly MachineTopic[] = [
  declaration,
  config,
  connect,
  create,
  idempotency,
  list,
  names,
  deletion,
  errors,
  abort,
  limits,
  secrets,
  batches,
  methods,
  data,
  dispose,
]
