/** A length of time as people write it in a NodeClass: `500ms`, `30s`, `15m`, `720h`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** The pattern that schemas and CRDs state. Go's compound form (`1h30m`) is accepted too, as kubectl users write it. */
export const durationPattern = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'
const whole = new RegExp(durationPattern)

/**
 * Milliseconds in a duration; a number is taken as milliseconds already.
 * @throws TypeError when the text is not a duration: it names the text and the forms that are accepted.
 */
export const durationMs = (duration: string | number): number => {
  if (typeof duration === 'number') return duration
  if (!whole.test(duration)) throw new TypeError(`"${duration}" is not a duration: write it as 500ms, 30s, 15m or 1h30m`)
  let total = 0
  for (const [, amount = '0', unit = 's'] of duration.matchAll(/([0-9.]+)(ms|s|m|h)/g)) total += Number(amount) * (unitMs[unit] ?? 0)
  return total
}

/** A duration for a person: `850 ms`, `40 s`, `12 min`, `3 h 20 min`. */
export const describeMs = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
