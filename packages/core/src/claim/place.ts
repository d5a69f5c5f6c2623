import { type Node, conditions, findCondition, nameOf } from '../api/index.ts'
import { goodRecord, isBroken, recordOf } from './record.ts'

/** Why a Node that runs on a machine of somebody else's is not taken in: time alone does not mend it. Reasons of `MachineProvisioned`. */
const turnedAway: ReadonlySet<string> = new Set(['AlreadyRunning', 'AdoptionRefused'])

/**
 * Its record says that a machine may be asked for, or was: it has a place under the limit of its class. What it was told last does not
 * matter: a crash parts what is done from what is told.
 */
export const isSeated = (node: Node): boolean => {
  const record = recordOf(node)
  return record !== undefined && (isBroken(record) || record.id !== undefined || record.waits !== true)
}

/**
 * Told that it is not taken in: it takes no place under the limit of its class, and holds nobody up who waits for one. What was written
 * on it says so, so that every life and every controller reads the same. An adoption that gave its place up is in line again only when it
 * is told to wait for one.
 */
export const isTurnedAway = (node: Node, told: string = toldOf(node)): boolean =>
  !isSeated(node) && (turnedAway.has(told) || (isAdoption(node) && told !== 'LimitReached'))

/** Whether it has just left its place under the limit of its class: it is gone from the store, or was turned away. */
export const leavesPlace = (node: Node, old: Node | undefined, { get }: { get(key: { readonly name: string }): unknown }): boolean =>
  get({ name: nameOf(node) }) === undefined || (isTurnedAway(node) && old !== undefined && !isTurnedAway(old))

const isAdoption = (node: Node): boolean => goodRecord(node)?.adopts !== undefined

const toldOf = ({ status }: Node): string => findCondition(status?.conditions, conditions.machineProvisioned)?.reason ?? ''
