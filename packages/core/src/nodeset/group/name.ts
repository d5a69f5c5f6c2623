import { createHash } from 'node:crypto'
import { type NodeSet, nameOf } from '../../api/index.ts'
import type { GroupProvider } from '../../provider/index.ts'

const hashLength = 8

/** Of a group that the set creates: readable, and a function of set and cluster, so that a repeated create is the same one. */
export const nameForGroup = (set: NodeSet, cluster: string, { definition }: GroupProvider): string => {
  const hash = createHash('sha256')
    .update(`${cluster}/${set.metadata?.uid ?? ''}`)
    .digest('hex')
    .slice(0, hashLength)
  const readable = nameOf(set)
    .replaceAll('.', '-')
    .slice(0, (definition.maxNameLength ?? 63) - hashLength - 1)
    .replace(/-+$/, '')
  return `${/^[a-z]/.test(readable) ? readable : `n${readable.slice(1)}`}-${hash}`
}
