/** `850ms` is noise to a person who watches: seconds, then minutes, hours and days, as kubectl writes ages. */
export const age = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 120) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`
}

/** Milliseconds since the epoch; undefined for what is no time. */
export const timeOf = (text: string | undefined): number | undefined => {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** An age for a table; empty when the time is not known. */
export const ageSince = (text: string | undefined, now: number): string => {
  const ms = timeOf(text)
  return ms === undefined ? '' : age(now - ms)
}
