import { type Node, type NodeClass, labels, nameOf } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import { memberIn } from '../groups/books.ts'
import { claimUidOf } from '../truth.ts'
import type { Watch } from './invariant.ts'

/** For so long somebody may act on what he knew of a class. Milliseconds. */
const stalenessMs = 90_000

interface Wish {
  readonly at: number
  readonly nodes: number
}

/**
 * A class's limit: no claim is let in, by a record that lets it have a machine, while as many as the class allows are in. Who was
 * let in before somebody lowered the limit stays.
 */
export const limits: Watch = ({ world, cloud, truth, restores }, report) => {
  let ghostAt = -Infinity
  const wishes = new Map<string, Wish[]>()
  const hear = (now: NodeClass): void => {
    const name = nameOf(now)
    const nodes = now.spec.limits?.nodes ?? Infinity
    const known = wishes.get(name) ?? []
    if (known.at(-1)?.nodes !== nodes) wishes.set(name, [...known, { at: world.now, nodes }])
  }
  for (const nodeClass of truth.classes.all.values()) hear(nodeClass)
  truth.classes.on(({ now }) => {
    if (now) hear(now)
  })
  const limitOf = (className: string): number => {
    const all = wishes.get(className) ?? []
    return Math.max(0, ...all.filter((_, i) => (all[i + 1]?.at ?? Infinity) > world.now - stalenessMs).map(({ nodes }) => nodes))
  }
  truth.nodes.on(({ now, old }) => {
    const className = now?.metadata?.labels?.[labels.class]
    if (!now || className === undefined || !isIn(now) || (old && old.metadata?.uid === now.metadata?.uid && isIn(old))) return
    // It puts Nodes back that were let in when there was room.
    if (restores.at === world.now || restores.unsettled) return
    // Its machine was there before: what counts is what was ordered.
    if (memberIn(now)) return
    const claim = claimUidOf(now)
    if (world.now - ghostAt < stalenessMs || cloud.machines().some(({ owner }) => owner?.claim === claim)) return
    const most = limitOf(className)
    const others = claimsIn([...truth.nodes.all.values()], className).filter(uid => uid !== claim).length
    if (others >= most) report(15, `${nameOf(now)} is let into class ${className}, which allows ${most} and has ${others}`)
  })
  return {
    // Who is dead has let somebody in, and nobody who lives can have known it.
    applied(_life, { method, path }, ghost) {
      if (ghost && method !== 'GET' && path.startsWith('/api/v1/nodes')) ghostAt = world.now
    },
  }
}

/** UIDs of the claims that are let in. One that is handed over to another Node is still one. */
export const claimsIn = (nodes: readonly Node[], className: string): readonly string[] => [
  ...new Set(nodes.filter(node => node.metadata?.labels?.[labels.class] === className && isIn(node)).map(claimUidOf)),
]

const isIn = (node: Node): boolean => {
  const record = recordOf(node)
  return record !== undefined && !isBroken(record) && (record.id !== undefined || record.waits !== true)
}
