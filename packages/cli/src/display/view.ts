import { classNameOf, hasJoined, isBroken, isClaim, isDeleting, onePerClaim, phaseOf, readyStatus, recordOf } from '@kube-node/core'
import { type Condition, type Node, type NodeSet, classNamesOfSet, conditions, findCondition, nameOf } from '@kube-node/core/api'

/** What a display shows at one moment: plain data, in the order of creation. */
export interface View {
  readonly sets: readonly SetRow[]
  readonly nodes: readonly NodeRow[]
}

export interface SetRow {
  readonly name: string
  readonly className: string
  readonly desired: number
  readonly ready: number
  readonly available: number
  /** What a person may want to know besides; empty when all is as it should be. */
  readonly note: string
  /** The note tells of something that does not pass by itself. */
  readonly trouble: boolean
}

export interface NodeRow {
  readonly name: string
  readonly className: string
  /** Empty for a Node that is nobody's claim. */
  readonly phase: string
  /** Milliseconds in this phase. */
  readonly sinceMs: number
  readonly machine: string
  readonly why: string
  readonly trouble: boolean
}

/** Milliseconds since that Node came into the phase that it is in. */
export type Since = (node: Node) => number

export const viewOf = (nodes: readonly Node[], sets: readonly NodeSet[], since: Since): View => ({
  sets: inOrder(sets).map(setRow),
  nodes: inOrder(onePerClaim(nodes)).map(node => nodeRow(node, since(node))),
})

const setRow = (set: NodeSet): SetRow => {
  const { status, spec } = set
  const stalled = ['Stalled', 'Degraded'].map(type => find(status?.conditions, type)).find(condition => condition?.status === 'True')
  const settling = find(status?.conditions, 'Reconciling')?.status === 'True'
  const going = isDeleting(set) ? 'being deleted' : spec.paused === true ? 'paused' : settling ? 'in progress' : ''
  return {
    name: nameOf(set),
    className: classNamesOfSet(set).join(', '),
    desired: spec.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    note: stalled ? words(stalled) : going,
    trouble: stalled !== undefined,
  }
}

const nodeRow = (node: Node, sinceMs: number): NodeRow => {
  const record = recordOf(node)
  const ours = isClaim(node)
  const waiting = ours ? waitingOf(node) : undefined
  return {
    name: nameOf(node),
    className: classNameOf(node) ?? '',
    phase: ours ? phaseOf(node) : '',
    sinceMs,
    machine: isBroken(record) ? '' : (record?.id ?? ''),
    why: waiting?.why ?? remarkOn(node),
    trouble: waiting?.trouble ?? false,
  }
}

/** Why a claim waits, as its conditions say. */
const waitingOf = (node: Node): Pick<NodeRow, 'why' | 'trouble'> | undefined => {
  const of = node.status?.conditions
  const drain = isDeleting(node) ? find(of, conditions.drained) : undefined
  const waiting = [drain, find(of, conditions.machineProvisioned)].find(condition => condition?.status === 'False')
  // A drain that goes on is what one expects.
  if (waiting) return { why: words(waiting), trouble: waiting.reason !== 'Evicting' }
  if (!hasJoined(node) || readyStatus(node) === 'True') return undefined
  const ready = find(of, 'Ready')
  return { why: `not ready${ready?.message ? `: ${ready.message}` : ''}`, trouble: true }
}

const remarkOn = (node: Node): string => {
  if (!isClaim(node)) return 'names no class: not a claim of kube-node'
  return node.spec?.unschedulable === true && !isDeleting(node) ? 'cordoned' : ''
}

const find = (list: readonly Condition[] | undefined, type: string): Condition | undefined => findCondition(list, type)

const words = ({ reason, message }: Condition): string => [reason, message].filter(text => text !== undefined && text !== '').join(': ')

const inOrder = <T extends Node | NodeSet>(objects: readonly T[]): readonly T[] =>
  objects.toSorted((a, b) => compare(orderOf(a), orderOf(b)))

/** Whole seconds and then names: objects that were made together stand together. */
const orderOf = ({ metadata }: Node | NodeSet): string => `${metadata?.creationTimestamp ?? ''} ${metadata?.name ?? ''}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
