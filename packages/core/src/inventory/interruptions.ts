import type { Call, Interruption, MachineConnection, OpaqueConfig } from '../provider/index.ts'
import { scrub, toProviderError } from './failure.ts'

/** What a provider announces, until the signal fires. Throws ProviderError alone. */
export type Announcements = (signal: AbortSignal) => AsyncIterable<Interruption>

/** A provider's announcements as core may repeat them. They wait for hours: no turn is held for them, and there is no deadline. */
export const interruptionsOf = (
  remote: MachineConnection<OpaqueConfig>,
  call: Call,
  secrets: readonly string[],
): Announcements | undefined => {
  const listen = remote.interruptions?.bind(remote)
  if (!listen) return undefined
  return async function* (signal) {
    const heard = listen({ ...call, signal })[Symbol.asyncIterator]()
    let isOver = false
    try {
      for (;;) {
        // Asking for the next one acknowledges the last.
        const next = await heard.next().catch((error: unknown) => {
          isOver = true
          throw toProviderError(error, secrets)
        })
        isOver = next.done === true
        if (next.done) return
        yield { ...next.value, reason: scrub(next.value.reason, secrets) }
      }
    } finally {
      if (!isOver) await heard.return?.()
    }
  }
}
