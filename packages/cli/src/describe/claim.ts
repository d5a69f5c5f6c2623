import { type MachineRecord, handedOverTo, hasJoined, isBroken, isClaim, isDeleting, phaseOf, recordOf } from '@kube-node/core'
import { type Event, type Node, type NodeClass, type Phase, defaultController } from '@kube-node/core/api'
import type { ControllerDescription } from './controllers.ts'
import { tellDeletion } from './deletion.ts'
import { tellProvision } from './provision.ts'
import { phaseSince } from './since.ts'
import { type Told, asAttended } from './told.ts'

/** All that a description of one claim rests on. */
export interface ClaimFacts {
  readonly node: Node
  /** The class that its label names. */
  readonly nodeClass: NodeClass | 'missing' | 'unreadable'
  /** Who acts for it; see `responsibleFor`. */
  readonly controller: ControllerDescription
  /** On the Node. May be empty: they live an hour, and not everybody may read them. */
  readonly events: readonly Event[]
  /** Wall time in milliseconds. */
  readonly now: number
}

export interface ClaimDescription extends Told {
  /** Empty for a Node that is nobody's claim. */
  readonly phase: Phase | ''
  /** RFC 3339; see `phaseSince`. */
  readonly since?: string
}

/** The `spec.controller` that a claim is left to: the record's, else its class's. */
export const responsibleFor = (node: Node, nodeClass: ClaimFacts['nodeClass']): string => {
  const record = goodRecordOf(node)
  if (record) return record.controller
  return typeof nodeClass === 'string' ? defaultController : (nodeClass.spec.controller ?? defaultController)
}

export const goodRecordOf = (node: Node): MachineRecord | undefined => {
  const record = recordOf(node)
  return isBroken(record) ? undefined : record
}

/** In which phase a claim is since when, why it waits, and what comes next. */
export const describeClaim = (facts: ClaimFacts): ClaimDescription => {
  const { node, controller } = facts
  if (!isClaim(node)) return describeOther(node)
  const phase = phaseOf(node)
  const since = phaseSince(node, phase, goodRecordOf(node))
  const timed = { phase, ...(since !== undefined && { since }) }
  return { ...timed, ...asAttended(tellHandover(node) ?? (isDeleting(node) ? tellDeletion(facts) : tellProvision(facts)), controller) }
}

/** Nothing else is of interest of a claim that another Node goes on with. */
const tellHandover = (node: Node): Told | undefined => {
  const to = handedOverTo(node)
  return to === undefined ? undefined : { why: `the cloud calls its machine ${to}`, next: `node/${to} goes on with it`, state: 'progress' }
}

const describeOther = (node: Node): ClaimDescription => ({
  phase: '',
  why: 'names no class: not a claim of kube-node',
  next: hasJoined(node) ? 'kube-node adopt brings it under management' : '',
  state: 'ok',
})
