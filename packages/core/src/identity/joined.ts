import type { Node } from '../api/index.ts'
import type { Machine } from '../provider/index.ts'
import { ipFrom } from './addresses.ts'

/**
 * Whether the kubelet that posts says that it runs at an address which the provider reports of that machine. It proves nothing of a
 * kubelet that lies, and tells two honest ones of one name apart.
 */
export const postsFrom = (node: Node, { addresses = [] }: Machine): boolean => {
  const ours = new Set(addresses.flatMap(({ address }) => ipFrom(address) ?? []))
  return (node.status?.addresses ?? []).some(({ address }) => ours.has(ipFrom(address) ?? ''))
}
