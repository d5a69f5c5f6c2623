import type { AnyResource } from '../api/index.ts'
import { type Log, type Runtime, describeMs, errorText } from '../runtime/index.ts'
import { adviceFor } from './advice.ts'

/** What goes wrong with one kind, told to people once and now and then, not with every try. */
export interface Complaints {
  add(error: unknown, waitMs: number): void
  /** It works (again). */
  readonly over: () => void
}

/** What lasts is told again this often. */
const repeatMs = 5 * 60_000

export const createComplaints = (resource: AnyResource, name: string, runtime: Runtime, log: Log): Complaints => {
  let last: { readonly message: string; readonly at: number } | undefined
  let since: number | undefined
  return {
    add(error, waitMs) {
      const message = errorText(error)
      const at = runtime.clock.monotonic()
      since ??= at
      const known = last?.message === message && at - last.at < repeatMs
      if (!known) last = { message, at }
      const advice = adviceFor(error, resource)
      const text = `cannot follow ${name}: ${message}${advice === '' ? '' : ` (${advice})`}; next try in ${describeMs(waitMs)}`
      log(known ? 'debug' : 'warn', text, { resource: name })
    },
    over() {
      if (since === undefined) return
      log('info', `following ${name} again, after ${describeMs(runtime.clock.monotonic() - since)}`, { resource: name })
      last = since = undefined
    },
  }
}
