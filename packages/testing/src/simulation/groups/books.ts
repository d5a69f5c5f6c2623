import type { Node, NodeSet } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import type { SimulatedCloud, SimulatedGroup, SimulatedMachine } from '../../cloud/index.ts'
import type { Life } from '../life.ts'
import type { Truth } from '../truth.ts'
import type { World } from '../world.ts'
import type { GroupOrder } from './order.ts'
import { poolName } from './estate.ts'

/** What is known of groups beside what the cloud shows: what others did to them, and whose they were. */
export interface GroupBooks {
  /** Somebody else resizes it. */
  resize(id: string, size: number): void
  /** World time at which somebody else last made it another size; -Infinity: never. */
  resizedAt(id: string): number
  /** How many machines others have brought into groups since that world time: by resizing them, or with a group that a set takes over. */
  broughtSince(at: number): number
  /** The set that drives it, as the API server has it; and of one that is gone, as it was. */
  setOf(id: string): NodeSet | undefined
  /** The group of a set that is there. */
  groupOf(set: NodeSet): SimulatedGroup | undefined
  /** Its set has gone and left it. */
  isKept(id: string): boolean
  /** The next order that fits is held up for so long, and `strike` called as it leaves. */
  holdUp: { readonly fits: (order: GroupOrder) => boolean; readonly ms: number; readonly strike: (life: Life) => void } | undefined
}

export const keepGroupBooks = (world: World, cloud: SimulatedCloud, truth: Truth): GroupBooks => {
  const resized = new Map<string, number>()
  const drivers = new Map<string, NodeSet>()
  const kept = new Set<string>()
  const brought: { readonly at: number; readonly machines: number }[] = []
  truth.sets.on(({ now, old }) => {
    const set = now ?? old
    if (!set || set.spec.nodeClassName !== poolName) return
    const group = groupOf(set)
    if (!group) return
    // It is taken over as it is, whatever the class allows.
    if (!old && set.spec.group?.id !== undefined) brought.push({ at: world.now, machines: group.size })
    drivers.set(group.id, set)
    if (now) kept.delete(group.id)
    else if (isToBeKept(set)) kept.add(group.id)
  })
  const groupOf = ({ metadata, spec, status }: NodeSet): SimulatedGroup | undefined => {
    const id = status?.group?.id ?? spec.group?.id
    if (id !== undefined) return cloud.groups.get(id)
    return cloud.groups.list().find(({ owner }) => owner?.set === metadata?.uid)
  }
  return {
    resize(id, size) {
      resized.set(id, world.now)
      brought.push({ at: world.now, machines: Math.max(0, size - (cloud.groups.get(id)?.size ?? 0)) })
      cloud.groups.resize(id, size)
    },
    resizedAt: id => resized.get(id) ?? -Infinity,
    broughtSince: since => brought.reduce((sum, { at, machines }) => (at >= since ? sum + machines : sum), 0),
    setOf: id => [...truth.sets.all.values()].find(set => isDriving(set) && groupOf(set)?.id === id) ?? drivers.get(id),
    groupOf,
    isKept: id => kept.has(id),
    holdUp: undefined,
  }
}

export const isDriving = ({ spec }: NodeSet): boolean => spec.nodeClassName === poolName

/** By its policy, or since it was deleted with --cascade=orphan. */
export const isToBeKept = ({ metadata, spec, status }: NodeSet): boolean =>
  metadata?.finalizers?.includes('orphan') === true ||
  (spec.group?.deletionPolicy ?? (spec.group?.id !== undefined || status?.group?.imported === true ? 'Keep' : 'Delete')) === 'Keep'

/** The machine that a Node is the member's Node of, by what is written on it; undefined of other Nodes. */
export const memberIn = (
  node: Node,
): { readonly machine: string; readonly set: string; readonly drainedAt: string | undefined } | undefined => {
  const record = recordOf(node)
  if (!record || isBroken(record) || !record.group) return undefined
  return { machine: record.id ?? '', set: record.group.set, drainedAt: record.deletedAt }
}

/** The Node that runs on it, claimed or not. */
export const nodeOn = (truth: Pick<Truth, 'nodes'>, { id }: Pick<SimulatedMachine, 'id'>): Node | undefined =>
  [...truth.nodes.all.values()].find(({ spec }) => spec?.providerID?.endsWith(`/${id}`) === true)
