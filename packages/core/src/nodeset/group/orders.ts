import type { Group } from '../../provider/index.ts'
import type { Bounds } from './bounds.ts'
import type { GroupOrder } from './facts.ts'
import type { Listed } from './roster.ts'

/**
 * Takes machines away, each by name: with another one in its place as far as the group would get too small, and by shrinking for the
 * rest. Where sizes go in steps, those that would leave one halfway wait for others.
 * @param wanted how many machines would be made again if all of these were gone.
 */
export const removalOf = (group: Group, going: readonly Listed[], wanted: number, bounds: Bounds): GroupOrder | undefined => {
  if (going.length === 0) return undefined
  const sorted = going.toSorted(
    (a, b) => Number(a.node !== undefined) - Number(b.node !== undefined) || (a.machine.id < b.machine.id ? -1 : 1),
  )
  const ids = sorted.map(({ machine }) => machine.id)
  const lacking = Math.max(bounds.size - (group.size - ids.length), wanted)
  const replaced = bounds.follows ? ids.length : Math.min(ids.length, Math.max(0, lacking))
  const spare = Math.max(0, Math.min(ids.length - replaced, group.size - bounds.least))
  const shrinkBy = toStep(group.size, spare, bounds)
  if (shrinkBy > 0) return { do: 'remove', group, ids: ids.slice(0, shrinkBy), replace: false }
  if (replaced > 0) return { do: 'remove', group, ids: ids.slice(ids.length - replaced), replace: true }
  return undefined
}

/** A size off its steps (somebody else's doing, or an answer that was lost halfway) is brought back to them first. */
const toStep = (size: number, spare: number, { step }: Bounds): number => {
  const odd = size % step
  const landed = odd + Math.floor(Math.max(0, spare - odd) / step) * step
  return landed <= spare ? landed : 0
}

/** Makes the group larger, in its steps: size and surge, within which the count is, are multiples of them. */
export const growthOf = (group: Group, count: number, bounds: Bounds): GroupOrder | undefined => {
  if (count === 0 || bounds.follows) return undefined
  return { do: 'resize', group, size: Math.ceil((group.size + count) / bounds.step) * bounds.step }
}
