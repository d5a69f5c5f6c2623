import type { Group, GroupMember } from '../provider/index.ts'
import type { Clock } from '../runtime/index.ts'
import { createTopic } from './topic.ts'

/**
 * What is known of a connection's groups. A list may lag behind our own orders: their effects are laid over what it shows, until one
 * began a whole consistency window after the order, so that nothing is ordered twice.
 */
export interface GroupMirror {
  /** Undefined when the newest list that could show it does not. */
  get(id: string): Group | undefined
  list(): readonly Group[]
  /** False while an order without an answer may still change the group unseen: nothing is decided on it. */
  isSettled(id: string): boolean
  /** Takes a list in that began then. `partial`: places could not be asked, and what is not in it may be there. */
  take(startedAt: number, groups: readonly Group[], partial: boolean): void
  /** An order was accepted: the group has that size, and these members are on their way out. */
  ordered(id: string, effect: { readonly size?: number; readonly leaving?: readonly string[] }): void
  /** An order had no answer, or one that shows in no list yet: it may take effect until then (monotonic). */
  unanswered(id: string, until: number): void
  /** Made by an order of ours. */
  put(group: Group): void
  /** Called with the id of every group that a list shows otherwise than the one before, or no more. */
  onChange(listener: (id: string) => void): Disposable
}

interface Held {
  readonly group: Group
  /** Monotonic start of the list that showed it. */
  readonly from: number
}

interface Order {
  /** Monotonic: a list that began later shows its effect. */
  readonly visibleFrom: number
  readonly size: number | undefined
}

export const createGroupMirror = (clock: Pick<Clock, 'monotonic'>, consistencyWindowMs: number): GroupMirror => {
  const held = new Map<string, Held>()
  const orders = new Map<string, Order>()
  /** By group and member: from when on a list must show that it leaves. */
  const leaving = new Map<string, Map<string, number>>()
  const unsettled = new Map<string, number>()
  const { tell, on } = createTopic<string>()

  const forgetSeen = (id: string, startedAt: number): void => {
    if (startedAt > (orders.get(id)?.visibleFrom ?? Infinity)) orders.delete(id)
    if (startedAt > (unsettled.get(id) ?? Infinity)) unsettled.delete(id)
    const left = leaving.get(id)
    for (const [member, visibleFrom] of left ?? []) if (startedAt > visibleFrom) left?.delete(member)
    if (left?.size === 0) leaving.delete(id)
  }

  const shown = ({ group }: Held): Group => {
    const size = orders.get(group.id)?.size ?? group.size
    const left = leaving.get(group.id)
    if (size === group.size && !left) return group
    const onItsWay = (member: GroupMember): GroupMember =>
      left?.has(member.id) === true && member.state !== 'gone' ? { ...member, state: 'stopping' } : member
    return { ...group, size, members: group.members.map(onItsWay) }
  }

  return {
    get(id) {
      const one = held.get(id)
      return one && shown(one)
    },
    list: () => [...held.values()].map(shown),
    isSettled: id => !unsettled.has(id),
    take(startedAt, groups, partial) {
      const listed = new Set(groups.map(({ id }) => id))
      for (const group of groups) {
        const old = held.get(group.id)?.group
        held.set(group.id, { group, from: startedAt })
        forgetSeen(group.id, startedAt)
        if (JSON.stringify(old) !== JSON.stringify(group)) tell(group.id)
      }
      if (partial) return
      for (const [id, { from }] of [...held]) {
        if (listed.has(id) || startedAt <= from) continue
        held.delete(id)
        forgetSeen(id, startedAt)
        tell(id)
      }
      // One that was never shown is missing too, for whoever asks for it by its id: what an order left open ends in the same way.
      for (const id of [...unsettled.keys()]) if (!listed.has(id)) forgetSeen(id, startedAt)
    },
    ordered(id, { size, leaving: members = [] }) {
      const visibleFrom = clock.monotonic() + consistencyWindowMs
      if (size !== undefined) orders.set(id, { visibleFrom, size })
      const left = leaving.get(id) ?? new Map<string, number>()
      for (const member of members) left.set(member, visibleFrom)
      if (left.size > 0) leaving.set(id, left)
    },
    unanswered(id, until) {
      unsettled.set(id, Math.max(unsettled.get(id) ?? -Infinity, until))
    },
    put(group) {
      held.set(group.id, { group, from: clock.monotonic() + consistencyWindowMs })
    },
    onChange: on,
  }
}
