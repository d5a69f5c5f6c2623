import { type NodeClass, nameOf } from '@kube-node/core/api'
import { isDriving } from '../groups/books.ts'
import { poolName } from '../groups/estate.ts'
import type { GroupOrder } from '../groups/order.ts'
import type { Watch } from './invariant.ts'
import { stalenessMs } from './wishes.ts'

/** Who gives an order has seen all of groups that was so before. Milliseconds: two lists at rest, and the calls of one. */
const unseenMs = 150_000

interface Growth {
  readonly id: string
  readonly size: number
  readonly at: number
  /** Sizes of the groups of the class when it was given. */
  readonly sizes: ReadonlyMap<string, number>
  /** As many machines as the class allowed then, as far as could be known, and others had brought without being seen. */
  readonly most: number
}

/**
 * 15: no group is told to grow beyond what its class allows, counting the members of all groups that sets of the class drive, and what
 * they were told before. An order may take effect long after it was given, and counts as soon as it does: what is given meanwhile has to
 * leave room for it. What people do meanwhile, with limits, groups, or a set that takes one over, is theirs.
 */
export const groupLimits: Watch = ({ world, truth, groups }, report) => {
  const limits: { readonly at: number; readonly nodes: number }[] = []
  const given = new Map<GroupOrder, Growth>()
  const hear = ({ spec }: NodeClass): void => {
    limits.push({ at: world.now, nodes: spec.limits?.nodes ?? Infinity })
  }
  const there = truth.classes.all.get(poolName)
  if (there) hear(there)
  truth.classes.on(({ now }) => {
    if (now && nameOf(now) === poolName) hear(now)
  })
  const limit = (): number =>
    Math.max(...limits.filter((_, i) => (limits[i + 1]?.at ?? Infinity) > world.now - stalenessMs).map(({ nodes }) => nodes))
  const driven = (): ReadonlyMap<string, number> => {
    const sizes = new Map<string, number>()
    for (const set of truth.sets.all.values()) {
      const group = isDriving(set) ? groups.groupOf(set) : undefined
      if (group && !group.ending) sizes.set(group.id, group.size)
    }
    return sizes
  }
  const totalOf = ({ id, size, sizes }: Growth, also: Pick<Growth, 'id' | 'size'> = { id, size }): number => {
    const all = new Map(sizes).set(id, size)
    all.set(also.id, Math.max(all.get(also.id) ?? 0, also.size))
    return [...all.values()].reduce((sum, each) => sum + each, 0)
  }
  return {
    ordered(life, order) {
      // A group of none takes no place.
      if ((order.do !== 'create' && order.do !== 'resize') || order.size === 0) return
      const { id, size } = order
      const growth: Growth = { id, size, at: world.now, sizes: driven(), most: limit() + groups.broughtSince(world.now - unseenMs) }
      given.set(order, growth)
      const total = totalOf(growth)
      if (total > growth.most)
        report(15, `${life.name} tells group ${id} to be ${size}: class ${poolName} allows ${growth.most}, and that makes ${total}`)
    },
    obeyed(life, order) {
      const late = given.get(order)
      // It was refused, or nobody drives that group any more.
      if (!late || driven().get(late.id) !== late.size) return
      for (const growth of given.values()) {
        if (growth.at <= late.at || growth.id === late.id) continue
        const total = totalOf(growth, late)
        if (total <= growth.most) continue
        const what = `group ${growth.id} was told to be ${growth.size} while an order of ${life.name} was under way`
        report(15, `${what}, by which ${late.id} has ${late.size}: class ${poolName} allows ${growth.most}, and that makes ${total}`)
      }
    },
  }
}
