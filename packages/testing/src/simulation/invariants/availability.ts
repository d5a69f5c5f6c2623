import type { Node } from '@kube-node/core/api'
import { isDeleting, isUp } from '@kube-node/core'
import type { Truth } from '../truth.ts'
import type { World } from '../world.ts'
import { stalenessMs } from './wishes.ts'

export interface Availability {
  /** It is, and has been for so long that everybody knows. */
  is(node: Node): boolean
  /** It is, or was a short while ago: somebody may not know better. */
  mayBe(node: Node): boolean
}

/** Which nodes have been up, and since when. */
export const followAvailability = (world: World, { nodes }: Pick<Truth, 'nodes'>): Availability => {
  const seen = new Map<string, { readonly up: boolean; readonly since: number }>()
  const stateOf = ({ metadata }: Node): { readonly up: boolean; readonly since: number } =>
    seen.get(metadata?.uid ?? '') ?? { up: false, since: -Infinity }
  nodes.on(({ now, old }) => {
    const node = now ?? old
    if (!node) return
    const up = now !== undefined && isUp(now) && !isDeleting(now)
    if (up !== stateOf(node).up) seen.set(node.metadata?.uid ?? '', { up, since: world.now })
  })
  return {
    is: node => stateOf(node).up && world.now - stateOf(node).since > stalenessMs,
    mayBe: node => stateOf(node).up || world.now - stateOf(node).since < stalenessMs,
  }
}
