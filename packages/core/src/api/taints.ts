import type { Taint } from './builtin.ts'

type Taints = readonly Taint[] | undefined
const none: readonly Taint[] = []

/** Kubernetes tells taints apart by key and effect; value and timeAdded are what they say. */
export const sameTaint = (a: Pick<Taint, 'key' | 'effect'>, b: Pick<Taint, 'key' | 'effect'>): boolean =>
  a.key === b.key && a.effect === b.effect

/** Without `effect`: of that key, whatever its effect. */
export const hasTaint = (taints: Taints, wanted: Pick<Taint, 'key'> & Partial<Pick<Taint, 'effect'>>): boolean =>
  taints?.some(t => t.key === wanted.key && (wanted.effect === undefined || t.effect === wanted.effect)) ?? false

/**
 * The taints with these in them: one of the same key and effect takes the new value and keeps its timeAdded, the others come
 * last. When that changes nothing, the very same array comes back.
 */
export const addTaints = (taints: Taints, added: readonly Taint[]): readonly Taint[] => {
  let all = taints ?? none
  for (const taint of added) {
    const old = all.find(t => sameTaint(t, taint))
    if (!old) all = [...all, taint]
    else if ((old.value ?? '') !== (taint.value ?? '')) {
      const { value: _, ...rest } = old
      all = all.map(t => (t === old ? { ...rest, ...(taint.value !== undefined && { value: taint.value }) } : t))
    }
  }
  return all
}

/** The taints without those; without `effect`, of that key whatever its effect. The very same array when none was there. */
export const removeTaints = (
  taints: Taints,
  removed: readonly (Pick<Taint, 'key'> & Partial<Pick<Taint, 'effect'>>)[],
): readonly Taint[] => {
  const all = taints ?? none
  const left = all.filter(t => !removed.some(r => r.key === t.key && (r.effect === undefined || r.effect === t.effect)))
  return left.length === all.length ? all : left
}
