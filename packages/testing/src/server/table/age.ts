const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/** A span as kubectl prints it, from milliseconds: two units at most, fewer the longer it is (`95s`, `4m10s`, `3h`, `2d5h`). */
export const humanDuration = (ms: number): string => {
  const seconds = Math.trunc(ms / 1_000)
  // A clock that is a little behind is no reason to complain.
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return two(seconds, minute, 'm', 1, 's')
  if (seconds < 3 * hour) return `${Math.trunc(seconds / minute)}m`
  if (seconds < 8 * hour) return two(seconds, hour, 'h', minute, 'm')
  if (seconds < 2 * day) return `${Math.trunc(seconds / hour)}h`
  if (seconds < 8 * day) return two(seconds, day, 'd', hour, 'h')
  if (seconds < 2 * year) return `${Math.trunc(seconds / day)}d`
  if (seconds < 8 * year) return two(seconds, year, 'y', day, 'd')
  return `${Math.trunc(seconds / year)}y`
}

const two = (seconds: number, big: number, bigName: string, small: number, smallName: string): string => {
  const rest = Math.trunc((seconds % big) / small)
  return `${Math.trunc(seconds / big)}${bigName}${rest === 0 ? '' : `${rest}${smallName}`}`
}

/** How long ago a timestamp was; `<unknown>` without one. `now` in milliseconds since 1970. */
export const ageOf = (timestamp: unknown, now: number): string => {
  if (typeof timestamp !== 'string' || timestamp === '') return '<unknown>'
  const time = Date.parse(timestamp)
  return Number.isNaN(time) ? '<invalid>' : humanDuration(now - time)
}
