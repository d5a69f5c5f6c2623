import { createHash } from 'node:crypto'
import { nameIn } from '@kube-node/provider-gce/instances'
import type { ZoneFacts } from './look.ts'

export type Growth =
  /** GKE is told so many for each zone. */
  | { readonly by: 'size'; readonly ofEachZone: number }
  /** Group managers are told to make so many more. */
  | { readonly by: 'members'; readonly more: readonly { readonly zone: ZoneFacts; readonly count: number }[] }

/**
 * Pure: how a pool grows to a size without taking a machine from any zone. GKE knows one size for all zones: where machines were removed
 * by name, one of them may have more than its share, and would lose some. Then the smaller ones are filled up, one after the other.
 */
export const growthOf = (zones: readonly ZoneFacts[], size: number): Growth => {
  const ofEachZone = size / zones.length
  if (Number.isInteger(ofEachZone) && zones.every(({ targetSize }) => targetSize <= ofEachZone)) return { by: 'size', ofEachZone }
  const counts = new Map(zones.map(zone => [zone, 0]))
  const sizeOf = (zone: ZoneFacts): number => zone.targetSize + (counts.get(zone) ?? 0)
  for (let left = size - zones.reduce((sum, { targetSize }) => sum + targetSize, 0); left > 0; left -= 1) {
    const smallest = zones.toSorted((a, b) => sizeOf(a) - sizeOf(b) || (a.place.zone < b.place.zone ? -1 : 1))[0]
    if (smallest) counts.set(smallest, (counts.get(smallest) ?? 0) + 1)
  }
  return { by: 'members', more: [...counts].flatMap(([zone, count]) => (count > 0 ? [{ zone, count }] : [])) }
}

/** Pure: names that no member has, as many as are wanted; the same ones for the same members, so that a repeated order is the same one. */
export const freshNames = ({ baseInstanceName, members, place }: ZoneFacts, count: number): readonly string[] => {
  const taken = new Set(members.map(({ instance }) => nameIn(instance)))
  const seed = `${place.name} ${[...taken].toSorted().join()}`
  const names: string[] = []
  for (let i = 0; names.length < count; i += 1) {
    const name = nameFor(baseInstanceName, `${seed} ${i}`)
    if (!taken.has(name) && !names.includes(name)) names.push(name)
  }
  return names
}

/** Pure: what the successor of an instance is called: whoever asks again asks for the same one. */
export const successorOf = ({ baseInstanceName }: Pick<ZoneFacts, 'baseInstanceName'>, id: string): string => nameFor(baseInstanceName, id)

/** Google takes 63 characters, and a base may be a pattern: `workers-####`. */
const longestBase = 54
const length = 8

const nameFor = (base: string, from: string): string => {
  const hash = createHash('sha256').update(from).digest('hex').slice(0, length)
  return `${base
    .replace(/-?#.*$/, '')
    .slice(0, longestBase)
    .replace(/-+$/, '')}-${hash}`
}
