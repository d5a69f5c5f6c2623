import type { Judgement } from './census.ts'
import type { Wishes } from './wishes.ts'

/** Who serves and who is kept warm. */
export interface Roles {
  readonly release: readonly Judgement[]
  readonly warm: readonly Judgement[]
  /** Those that will serve, once that is done. */
  readonly serving: number
}

/**
 * A warm node serves at once where a serving one is lacking; one that is still on its way takes its place in the headroom, as nothing
 * can run on it yet. While serving nodes are replaced, warm ones beyond the headroom serve too: so their successors come.
 */
export const planRoles = (left: readonly Judgement[], outdated: ReadonlySet<Judgement>, { replicas, headroom }: Wishes): Roles => {
  const serving = left.filter(({ member }) => !member.warm)
  const warm = left.filter(({ member }) => member.warm)
  const ready = warm
    .filter(({ available }) => available)
    .toSorted((a, b) => Number(outdated.has(a)) - Number(outdated.has(b)) || a.member.createdAt - b.member.createdAt)
  const lacking = Math.max(0, replicas - serving.filter(({ available }) => available).length)
  const replacing = serving.some(one => outdated.has(one))
  const surplus = replacing || serving.length < replicas ? Math.max(0, ready.length - headroom) : 0
  const release = ready.slice(0, Math.max(lacking, surplus))
  const tooMany = serving.length + release.length - replicas
  const room = headroom - (warm.length - release.length)
  const onTheirWay = serving.filter(one => one.member.unborn && !outdated.has(one))
  const back = onTheirWay.slice(0, Math.max(0, Math.min(tooMany, room)))
  return { release, warm: back, serving: serving.length + release.length - back.length }
}
