import type { KeptRevision, RevisionContent } from '@kube-node/core'
import type { NodeClass, NodeSet } from '@kube-node/core/api'
import { type Classes, contentNow, nameOfContent } from './content.ts'

export const setOf = (spec: Partial<NodeSet['spec']> = {}, more: Partial<NodeSet> = {}): NodeSet => ({
  metadata: { name: 'workers', uid: 's', generation: 1 },
  spec: { nodeClassName: 'small', paused: false, ...spec },
  ...more,
})

export const classOf = (config: Readonly<Record<string, unknown>>, name = 'small'): NodeClass => ({
  metadata: { name },
  spec: { provider: 'p', config },
})

export const classesOf = (...list: readonly NodeClass[]): Classes => new Map(list.map(one => [one.metadata?.name ?? '', one]))

/** The revision that set and classes are. */
export const keptAs = (number: number, set: NodeSet, classes: Classes): KeptRevision => {
  const content: RevisionContent | undefined = contentNow(set, classes)
  if (!content) throw new Error('a class is missing')
  const name = nameOfContent(content) ?? ''
  return { object: { metadata: { name: `workers-${name}` }, revision: number }, name, number, content }
}
