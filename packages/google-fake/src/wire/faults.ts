import type { Answer } from './answer.ts'
import type { Request } from './request.ts'

/** `lost`: done, and its answer never arrives. `hang`: neither. */
export type Mishap = 'lost' | 'hang'

/** Says what is answered in Google's place: nothing of it happens. `cut` ends the connection, `hang` leaves it open. */
export type Instead = (method: string, request: Request) => Answer | 'cut' | 'hang' | undefined

export interface Faults {
  /** What befalls the next request of that method: `instances.insert`. */
  next(method: string, mishap: Mishap): void
  /** Until it is lifted. */
  answering(instead: Instead): () => void
  takeMishap(method: string): Mishap | undefined
  instead: Instead
}

export const createFaults = (): Faults => {
  const mishaps: { readonly method: string; readonly mishap: Mishap }[] = []
  const standing = new Set<Instead>()
  return {
    next: (method, mishap) => void mishaps.push({ method, mishap }),
    answering(instead) {
      standing.add(instead)
      return () => void standing.delete(instead)
    },
    takeMishap(method) {
      const at = mishaps.findIndex(each => each.method === method)
      return at < 0 ? undefined : mishaps.splice(at, 1)[0]?.mishap
    },
    instead(method, request) {
      for (const each of standing) {
        const answer = each(method, request)
        if (answer) return answer
      }
      return undefined
    },
  }
}
