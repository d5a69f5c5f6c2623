import { createHash } from 'node:crypto'
import { type Node, annotations, conditions, findCondition, hasTaint, labels, nameOf, taints } from '../../api/index.ts'
import { announcedEnd, classNameOf, hasJoined, isBroken, isDeleting, isUp, readyStatus, recordOf } from '../../claim/index.ts'

/** A Node as its set sees it. */
export interface Member {
  readonly node: Node
  readonly name: string
  readonly className: string | undefined
  readonly revision: string | undefined
  /** Where it is, or is to be made. */
  readonly zone: string | undefined
  readonly deleting: boolean
  /** A machine is known. */
  readonly provisioned: boolean
  readonly joined: boolean
  /** Not yet released from `not-up` since its birth. */
  readonly unborn: boolean
  readonly ready: boolean
  /** Since when it is up, in ms since the epoch; undefined while it is not. */
  readonly upSince: number | undefined
  /** Kept ready for more replicas; nothing runs on it. */
  readonly warm: boolean
  /** Ms since the epoch. */
  readonly createdAt: number
  /** When its machine was first seen, in ms since the epoch; undefined while there is none. */
  readonly madeAt: number | undefined
  /** From 0 to 1, by the UID and for ever: where in the last tenth of spec.maxLifetime it goes. */
  readonly spread: number
  /** As for pods: what goes first has the lowest. */
  readonly cost: number
  /** Annotated do-not-disrupt. */
  readonly kept: boolean
  /** Its place had nothing to give when it was last asked. */
  readonly soldOut: boolean
  /** In words, why its machine is going to be taken away; undefined while nothing is announced. */
  readonly interruption: string | undefined
  /** In words, how its machine differs from what its class says; undefined where it does not. */
  readonly drift: string | undefined
}

export const memberOf = (node: Node): Member => {
  const joined = hasJoined(node)
  const record = recordOf(node)
  const good = record !== undefined && !isBroken(record) ? record : undefined
  const provisioned = good?.id !== undefined || joined
  const made = findCondition(node.status?.conditions, conditions.machineProvisioned)
  const drifted = findCondition(node.status?.conditions, conditions.drifted)
  return {
    node,
    name: nameOf(node),
    className: classNameOf(node),
    revision: node.metadata?.labels?.[labels.revision],
    zone: node.metadata?.labels?.[labels.zone] ?? good?.zone,
    deleting: isDeleting(node),
    provisioned,
    joined,
    unborn: !joined || hasTaint(node.spec?.taints, { key: taints.notUp }),
    ready: readyStatus(node) === 'True',
    upSince: isUp(node) ? (timeOf(findCondition(node.status?.conditions, 'Ready')?.lastTransitionTime) ?? 0) : undefined,
    warm: hasTaint(node.spec?.taints, { key: taints.headroom }),
    createdAt: timeOf(node.metadata?.creationTimestamp) ?? 0,
    madeAt: timeOf(good?.createdAt),
    spread: spreadOf(node),
    cost: costOf(node),
    kept: node.metadata?.annotations?.[annotations.doNotDisrupt] === 'true',
    soldOut: !provisioned && made?.status === 'False' && made.reason === 'InsufficientCapacity',
    interruption: joined ? announcedEnd(node)?.reason : undefined,
    drift: drifted?.status === 'True' ? (drifted.message ?? '') : undefined,
  }
}

const spreadOf = ({ metadata }: Node): number =>
  createHash('sha256')
    .update(metadata?.uid ?? '')
    .digest()
    .readUInt16BE(0) / 0x1_0000

const timeOf = (text: string | undefined): number | undefined => {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : time
}

/** A whole number, 0 where nothing or nonsense is written. */
const costOf = (node: Node): number => {
  const written = Number(node.metadata?.annotations?.[annotations.deletionCost] ?? 0)
  return Number.isInteger(written) ? written : 0
}

/** Milliseconds until a node has been up for long enough; 0 when it has, Infinity when it is not up or on its way out. */
export const availableInMs = ({ deleting, upSince }: Member, minReadyMs: number, now: number): number =>
  deleting || upSince === undefined ? Infinity : minReadyMs === 0 ? 0 : Math.max(0, upSince + minReadyMs - now)
