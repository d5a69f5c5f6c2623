import type { Node } from '../api/index.ts'

/** What is read of a Node, once for each version of it: a cluster of thousands is gone through again with each of their heartbeats. */
export const perVersion = <T>(read: (node: Node) => T): ((node: Node) => T) => {
  const known = new WeakMap<Node, { readonly value: T }>()
  return node => {
    const found = known.get(node)
    if (found) return found.value
    const value = read(node)
    known.set(node, { value })
    return value
  }
}
