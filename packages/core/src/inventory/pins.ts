import { canonicalJson } from '../claim/index.ts'
import type { OpaqueConfig } from '../provider/index.ts'
import type { Clock } from '../runtime/index.ts'

/** So long attempts of the same config share one answer: a thousand claims that come at once ask once. */
const keptMs = 30_000

/**
 * What a config means now, asked once for all that want to know it within half a minute. A failure is shared only by those that wait
 * for it.
 */
export const sharedPins = (
  clock: Pick<Clock, 'monotonic'>,
  ask: (config: OpaqueConfig) => Promise<OpaqueConfig>,
): ((config: OpaqueConfig) => Promise<OpaqueConfig>) => {
  const answers = new Map<string, { readonly answer: Promise<OpaqueConfig>; readonly until: number }>()
  return async config => {
    const key = canonicalJson(config)
    const now = clock.monotonic()
    for (const [old, { until }] of answers) if (until <= now) answers.delete(old)
    const known = answers.get(key)
    if (known) return known.answer
    const asked = { answer: ask(config), until: now + keptMs }
    answers.set(key, asked)
    try {
      return await asked.answer
    } catch (error) {
      if (answers.get(key) === asked) answers.delete(key)
      throw error
    }
  }
}
