import { nameOf } from '@kube-node/core/api'
import type { GroupOrder } from '../groups/order.ts'
import { isToBeKept, memberIn, nodeOn } from '../groups/books.ts'
import type { Life } from '../life.ts'
import type { Watch } from './invariant.ts'
import { type Wish, followWishes, stalenessMs } from './wishes.ts'

/** A group that somebody else has resized takes machines away by itself for so long. Milliseconds. */
const levellingMs = 60_000

/**
 * 17: a group is never told to be smaller but by the names of those that go, and these are chosen: drained, or without a Node. 6: it
 * never grows beyond replicas + maxSurge, nor shrinks below replicas. 18: one that is to be kept is never deleted.
 */
export const groupOrders: Watch = ({ world, cloud, truth, groups, scenario }, report) => {
  const wishes = followWishes(world, truth)
  const named = new Set<string>()
  const destroyed = new Set<string>()
  const { step = 1, max = Infinity } = scenario.groups ?? {}
  const inSteps = (nodes: number): number => Math.min(Math.ceil(nodes / step) * step, max)
  const wishesFor = (id: string): readonly Wish[] => wishes.of(groups.setOf(id)?.metadata?.uid ?? '')
  const follows = ({ set }: Wish): boolean => set.spec.group?.sizeAuthority === 'group'
  const isNews = (id: string): boolean => world.now - groups.resizedAt(id) < stalenessMs

  const judgeGrowth = (life: Life, { id, from, size }: Extract<GroupOrder, { do: 'resize' }>): void => {
    if (size <= from) report(17, `${life.name} tells group ${id} of ${from} to be ${size}, and not which machines shall go`)
    const most = Math.max(0, ...wishesFor(id).map(wish => inSteps(wish.replicas) + wish.ceiling - wish.replicas))
    if (size > most) report(6, `${life.name} tells group ${id} to be ${size}, and its set wants ${most} at the most (replicas + maxSurge)`)
    const all = wishesFor(id)
    if (all.length > 0 && all.every(follows)) report(17, `${life.name} resizes group ${id}, whose size is somebody else's to say`)
  }

  const judgeMember = (life: Life, id: string): void => {
    const machine = cloud.machine(id)
    if (!machine || machine.state === 'gone' || machine.state === 'stopping') return
    const node = nodeOn(truth, machine)
    // Who removes it may not have heard of its Node yet.
    if (!node || world.wall - Date.parse(node.metadata?.creationTimestamp ?? '') < stalenessMs) return
    const what = `${life.name} removes machine ${id} of group ${machine.group?.id ?? ''}`
    if (node.metadata?.deletionTimestamp === undefined) return report(17, `${what}, and nobody has deleted its Node ${nameOf(node)}`)
    if (memberIn(node)?.drainedAt === undefined) report(17, `${what} before the drain of ${nameOf(node)} has ended`)
  }

  const judgeShrinking = (life: Life, { id, members }: Extract<GroupOrder, { do: 'remove' }>): void => {
    const group = cloud.groups.get(id)
    const set = groups.setOf(id)
    if (!group || !set || isNews(id) || set.metadata?.deletionTimestamp !== undefined) return
    const going = members.filter(member => ['starting', 'running', 'stopped'].includes(cloud.machine(member)?.state ?? 'gone')).length
    const fewest = Math.min(Infinity, ...wishesFor(id).map(wish => (follows(wish) ? group.size : inSteps(wish.replicas))))
    if (going > 0 && group.size - going < fewest)
      report(6, `${life.name} takes ${going} machines from group ${id} of ${group.size}, and its set wants ${fewest}`)
  }

  const judgeEnd = (life: Life, id: string): void => {
    const set = groups.setOf(id)
    const wanted = set && wishes.of(set.metadata?.uid ?? '').some(wish => !isToBeKept(wish.set))
    if (!set || set.metadata?.deletionTimestamp === undefined) report(18, `${life.name} deletes group ${id}, whose set nobody has deleted`)
    else if (isToBeKept(set) && wanted !== true) report(18, `${life.name} deletes group ${id}, which its set is to keep`)
  }

  cloud.on('stopping', ({ id, group }) => {
    if (!group || named.has(id) || destroyed.has(group.id) || world.now - groups.resizedAt(group.id) < levellingMs) return
    report(17, `group ${group.id} takes machine ${id} away, which nobody has chosen`)
  })
  return {
    ordered(life, order) {
      if (order.do === 'resize') judgeGrowth(life, order)
      if (order.do === 'remove') {
        for (const id of order.members) {
          named.add(id)
          judgeMember(life, id)
        }
        if (!order.replace) judgeShrinking(life, order)
      }
      if (order.do !== 'destroy') return
      destroyed.add(order.id)
      judgeEnd(life, order.id)
    },
  }
}
