import type { Machine } from '../provider/index.ts'

/** The recorded attempt's machine first, then the oldest: everybody who looks must choose the same one. */
export const oldest = (machines: readonly Machine[], attempt: number): Machine | undefined =>
  machines.toSorted((a, b) => {
    const own = Number(b.owner?.attempt === attempt) - Number(a.owner?.attempt === attempt)
    if (own !== 0) return own
    if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
    return a.id < b.id ? -1 : 1
  })[0]
