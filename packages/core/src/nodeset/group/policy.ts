import type { NodeSet } from '../../api/index.ts'

/**
 * Whether the group outlives its set. Then the set owns no Node: the garbage collector would delete, and so drain, the Nodes of a set
 * that is deleted in the foreground.
 */
export const isKept = ({ spec: { group }, status }: NodeSet): boolean =>
  (group?.deletionPolicy ?? (group?.id !== undefined || status?.group?.imported === true ? 'Keep' : 'Delete')) === 'Keep'
