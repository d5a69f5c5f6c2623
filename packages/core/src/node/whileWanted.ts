import { type Node, Nodes, nameOf } from '../api/index.ts'
import { isDeleting } from '../claim/index.ts'
import { ProviderError } from '../provider/index.ts'
import { describeMs, linkedAbort } from '../runtime/index.ts'
import type { Life } from './life.ts'

/** How soon it is noticed. Milliseconds. */
const lookEveryMs = 1_000

/**
 * Does something long on a claim's machine, with a signal that fires when nobody wants it any more: its Node is gone or is to go, or it
 * has lasted for so many milliseconds. Until it has ended nothing else is done for that Node, its deletion included.
 */
export const whileWanted = async <T>(life: Life, node: Node, ms: number, body: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const { runtime, signal, store } = life.context
  const { clock } = runtime
  using wanted = linkedAbort(signal)
  using working = linkedAbort(wanted.signal)
  const until = clock.monotonic() + ms
  const look = async (): Promise<never> => {
    for (;;) {
      await clock.sleep(lookEveryMs, working.signal)
      const now = store(Nodes).get({ name: nameOf(node) })
      if (now?.metadata?.uid !== node.metadata?.uid || (now && isDeleting(now))) {
        wanted.abort(new ProviderError('Unavailable', 'given up, as its Node is to go'))
      } else if (clock.monotonic() >= until) {
        wanted.abort(new ProviderError('Unavailable', `given up, as it was not done within ${describeMs(ms)} (spec.timeouts of the class)`))
      }
    }
  }
  try {
    return await Promise.race([body(wanted.signal), look()])
  } finally {
    working.abort(new Error('it has ended'))
  }
}
