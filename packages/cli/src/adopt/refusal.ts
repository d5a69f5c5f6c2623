import { classNameOf, hasJoined, isClaim, isDeleting, recordOf } from '@kube-node/core'
import { type Node, type NodeClass, findCondition, nameOf } from '@kube-node/core/api'
import { wordsOf } from '../describe/index.ts'

export interface AdoptionFacts {
  readonly node: Node
  /** Undefined when it may not be read: the controller will know. */
  readonly nodeClass: NodeClass | 'missing' | undefined
  readonly className: string
}

/** In words, why that Node can't be adopted by that class, and what to do about it; undefined when nothing is against it. */
export const whyNotAdopted = ({ node, nodeClass, className }: AdoptionFacts): string | undefined => {
  const name = nameOf(node)
  const claimed = classNameOf(node)
  if (isDeleting(node)) return `Node "${name}" is being deleted`
  if (claimed !== undefined && claimed !== className) return `Node "${name}" is a claim of NodeClass "${claimed}" already`
  if (recordOf(node) !== undefined)
    return `Node "${name}" is a claim of NodeClass "${claimed ?? className}" already, and has a machine of its own`
  if (isClaim(node) && claimed === undefined)
    return `Node "${name}" holds a finalizer of kube-node and names no class: it was a claim, and its machine is not settled`
  if ((node.spec?.providerID ?? '') === '') {
    return `Node "${name}" has no spec.providerID, by which its machine is found at the provider: its kubelet or cloud controller sets it`
  }
  if (!hasJoined(node)) return `no kubelet has joined as Node "${name}": only what runs already is adopted`
  return whyNotBy(nodeClass, className)
}

const whyNotBy = (nodeClass: AdoptionFacts['nodeClass'], name: string): string | undefined => {
  if (nodeClass === undefined) return undefined
  if (nodeClass === 'missing') return `there is no NodeClass "${name}"`
  if (isDeleting(nodeClass)) return `NodeClass "${name}" is being deleted and takes no more nodes`
  const ready = findCondition(nodeClass.status?.conditions, 'Ready')
  return ready?.status === 'False' ? `NodeClass "${name}" is not ready: ${wordsOf(ready)}` : undefined
}
