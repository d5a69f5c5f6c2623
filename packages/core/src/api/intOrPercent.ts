/** A number of things, or a share of all of them: `2`, `"25%"`. What Kubernetes calls IntOrString. */
export type IntOrPercent = number | string

/** What a schema states: a percentage without a fraction or leading zeros. It may be over 100 (a surge of "150%"). */
export const percentPattern = '^(0|[1-9][0-9]*)%$'
const percent = new RegExp(percentPattern)

/**
 * A count out of `total`. Shares round up for what may be added (a surge of 10 % of 3 is 1) and down for what may be taken away.
 * @throws TypeError when it is neither a whole number from 0 nor a percentage.
 */
export const scaledValue = (value: IntOrPercent, total: number, round: 'up' | 'down'): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  if (typeof value !== 'string' || !percent.test(value)) {
    throw new TypeError(`${JSON.stringify(value)} is neither a whole number from 0 nor a percentage such as "25%"`)
  }
  // Whole hundredths first: 0.07 * 100 is 7.000000000000001, which would round up to 8.
  const hundredths = Number(value.slice(0, -1)) * total
  return round === 'up' ? Math.ceil(hundredths / 100) : Math.floor(hundredths / 100)
}

/** Nothing, whatever it is a share of: `0` and `"0%"`. Never throws. */
export const isZero = (value: IntOrPercent): boolean => value === 0 || value === '0%'

/**
 * How far a rollout of `replicas` may go above and below. As a Deployment does it: surge rounds up, unavailable rounds down, and where
 * both come to 0 by rounding (unavailable "10%" of 3) one may be unavailable, or nothing could ever move. What is written as 0 and 0,
 * which no NodeSet may, stays so.
 * @throws TypeError as scaledValue.
 */
export const rolloutBounds = (
  { maxSurge, maxUnavailable }: { readonly maxSurge: IntOrPercent; readonly maxUnavailable: IntOrPercent },
  replicas: number,
): { readonly surge: number; readonly unavailable: number } => {
  const surge = scaledValue(maxSurge, replicas, 'up')
  const unavailable = scaledValue(maxUnavailable, replicas, 'down')
  const rounded = surge === 0 && unavailable === 0 && !(isZero(maxSurge) && isZero(maxUnavailable))
  return { surge, unavailable: rounded ? 1 : unavailable }
}
