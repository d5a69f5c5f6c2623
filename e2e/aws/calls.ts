import type { Call } from '@kube-node/core/provider'
import { systemRuntime } from '@kube-node/core/runtime'

/** Without an end, in real time. */
export const call: Call = { signal: new AbortController().signal, deadline: Infinity, clock: systemRuntime().clock, log: () => undefined }

/** What was thrown, or that nothing was. */
export const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it was not refused',
    (error: unknown) => error,
  )
