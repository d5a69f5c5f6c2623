import { type Node, annotations, labels } from '../api/index.ts'
import { isDeleting } from './state.ts'

/**
 * The claim that a Node stands for, by the UID that its machine, its tokens and its seat go by: its own, but where it took the claim of
 * another Node over because the cloud dictates the name. The label, and not the record, says so: it can be asked for in a list, and it
 * survives a record that somebody spoilt.
 */
export const claimOf = (node: Node): string => node.metadata?.labels?.[labels.claim] ?? node.metadata?.uid ?? ''

/** For an index of Nodes by the claim that they stand for; while a claim is handed over there are two of one. */
export const claimsOf = (node: Node): readonly string[] => [claimOf(node)]

/** Whether the Node took another one's claim over. */
export const tookOver = (node: Node): boolean => claimOf(node) !== (node.metadata?.uid ?? '')

/** The name under which a claim's machine runs now; undefined unless the claim was handed over and goes. */
export const handedOverTo = (node: Node): string | undefined => node.metadata?.annotations?.[annotations.handedOver]

/**
 * Each claim once, whoever counts nodes or machines: while it is handed over, the Node that took it over stands for both. In the order
 * that they came in.
 */
export const onePerClaim = (nodes: readonly Node[]): readonly Node[] => {
  const taken = new Set(nodes.filter(tookOver).map(claimOf))
  return taken.size === 0 ? nodes : nodes.filter(node => tookOver(node) || !taken.has(claimOf(node)))
}

/**
 * Claims whose deletion somebody asked for before the Node that takes them over was marked: it is passed on to that Node, which goes as
 * surely as if it were being deleted already.
 */
export const passedOn = (nodes: readonly Node[]): ReadonlySet<string> =>
  new Set(nodes.filter(node => isDeleting(node) && !tookOver(node) && handedOverTo(node) === undefined).map(claimOf))
