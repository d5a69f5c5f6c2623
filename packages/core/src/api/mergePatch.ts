type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * JSON merge patch (RFC 7386): objects merge, null removes, anything else replaces. Neither argument is changed; parts may be shared.
 * `__proto__` is a name like any other.
 */
export const mergePatch = (base: unknown, patch: unknown): unknown => {
  if (!isPlain(patch)) return patch
  const merged = new Map(isPlain(base) ? Object.entries(base) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}
