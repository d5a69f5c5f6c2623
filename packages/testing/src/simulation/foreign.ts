import type { Node } from '@kube-node/core/api'

/** Where a person may put something of his own on a Node. */
export const places = ['label', 'annotation', 'taint'] as const
export type Place = (typeof places)[number]

export interface ForeignMark {
  readonly place: Place
  readonly key: string
  readonly value: string
}

/** What people have put on Nodes, by UID, and not taken off again. */
export type Foreign = Map<string, readonly ForeignMark[]>

export const isForeign = (key: string): boolean => key.startsWith('people.example/')

export const bears = ({ metadata, spec }: Node, { place, key, value }: ForeignMark): boolean => {
  if (place === 'taint') return spec?.taints?.some(taint => taint.key === key && taint.value === value) === true
  return (place === 'label' ? metadata?.labels : metadata?.annotations)?.[key] === value
}

/** All that a person has put on it, as it is: what stands there after a restore. */
export const marksOn = ({ metadata, spec }: Node): readonly ForeignMark[] => [
  ...marksIn('label', metadata?.labels),
  ...marksIn('annotation', metadata?.annotations),
  ...(spec?.taints ?? []).flatMap(({ key, value = '' }) => (isForeign(key) ? [{ place: 'taint' as const, key, value }] : [])),
]

const marksIn = (place: Place, entries: Readonly<Record<string, string>> = {}): readonly ForeignMark[] =>
  Object.entries(entries).flatMap(([key, value]) => (isForeign(key) ? [{ place, key, value }] : []))
