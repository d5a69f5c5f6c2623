import { type Node, Leases, Nodes, pathOf } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { type NodeFacts, leaseSpec, newLease, newNode, ownLabels, statusOf } from './node-status.ts'
import { send } from './request.ts'

/**
 * Registers as kubelet 1.37 was seen to do it: it tries to make its Node, and where there is one already it takes that over, keeping
 * uid, labels, taints, finalizers and providerID as they are and adding no taints, labels or providerID of its own flags. Answers
 * the Node's uid.
 * @throws UnexpectedAnswer, TransportError: try again.
 */
export const register = async (transport: KubeTransport, facts: NodeFacts, signal: AbortSignal): Promise<string> => {
  const made = await send(transport, { method: 'POST', path: pathOf(Nodes), body: newNode(facts), signal, expect: [409] })
  if (made.status < 300) return uidOf(made.body)
  const path = pathOf(Nodes, undefined, facts.nodeName)
  const { body } = await send(transport, { method: 'GET', path, signal })
  const present = (body as unknown as Node).metadata?.labels ?? {}
  const lacking = Object.entries(ownLabels(facts.nodeName)).filter(([key, value]) => present[key] !== value)
  if (lacking.length > 0) {
    await send(transport, {
      method: 'PATCH',
      path,
      patch: 'merge-patch',
      body: { metadata: { labels: Object.fromEntries(lacking) } },
      signal,
    })
  }
  await postStatus(transport, facts, signal)
  return uidOf(body)
}

export const postStatus = async (transport: KubeTransport, facts: NodeFacts, signal: AbortSignal): Promise<void> => {
  const path = pathOf(Nodes, undefined, facts.nodeName, 'status')
  await send(transport, { method: 'PATCH', path, patch: 'strategic-merge-patch', body: { status: statusOf(facts) }, signal })
}

/** Renews the Node's Lease, or makes it. */
export const renewLease = async (
  transport: KubeTransport,
  nodeName: string,
  uid: string,
  now: number,
  signal: AbortSignal,
): Promise<void> => {
  const path = pathOf(Leases, 'kube-node-lease', nodeName)
  const renewal = { spec: leaseSpec(nodeName, now) }
  const renewed = await send(transport, { method: 'PATCH', path, patch: 'merge-patch', body: renewal, signal, expect: [404] })
  if (renewed.status !== 404) return
  await send(transport, { method: 'POST', path: pathOf(Leases, 'kube-node-lease'), body: newLease(nodeName, uid, now), signal })
}

// The API server answers a Node here: the cast at the border.
const uidOf = (body: unknown): string => (body as Node).metadata?.uid ?? ''
