import type { Call } from '@kube-node/core/provider'

/** Answers that many creates of one class need, kept for a while: a hundred nodes ask once what an image is called. */
export type Remembered = <T>(key: string, call: Call, ask: () => Promise<T>) => Promise<T>

/** So long a change of a tag or of an SSM parameter may go unnoticed. */
const keptMs = 60_000

/** Who asks what somebody else asks already shares the answer. Where that one gives up, the next one asks. */
export const remembered = (): Remembered => {
  const answers = new Map<string, { readonly value: unknown; readonly until: number }>()
  const underWay = new Map<string, { readonly answer: Promise<unknown>; readonly signal: AbortSignal }>()

  const asking = async (key: string, { clock }: Call, ask: () => Promise<unknown>): Promise<unknown> => {
    try {
      const value = await ask()
      const now = clock.now()
      for (const [old, { until }] of answers) if (until <= now) answers.delete(old)
      answers.set(key, { value, until: now + keptMs })
      return value
    } finally {
      underWay.delete(key)
    }
  }

  const answered = async (key: string, call: Call, ask: () => Promise<unknown>): Promise<unknown> => {
    const known = answers.get(key)
    if (known && call.clock.now() < known.until) return known.value
    const other = underWay.get(key)
    if (!other) {
      const answer = asking(key, call, ask)
      underWay.set(key, { answer, signal: call.signal })
      return answer
    }
    try {
      return await unlessAborted(other.answer, call.signal)
    } catch (error) {
      if (call.signal.aborted || !other.signal.aborted) throw error
      return answered(key, call, ask)
    }
  }

  // One key has one kind of answer: its first word is the question.
  return async <T>(key: string, call: Call, ask: () => Promise<T>): Promise<T> => (await answered(key, call, ask)) as T
}

const unlessAborted = <T>(answer: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason)
    if (signal.aborted) return give()
    signal.addEventListener('abort', give, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', give))
  })
