import { type CertificateSigningRequest, type Event, type Node, nameOf } from '@kube-node/core/api'
import { requestorOf } from '@kube-node/core/identity'

export interface CertificateFacts {
  readonly name: string
  /** What for: the first join, a renewal, or serving. */
  readonly wants: 'first join' | 'client' | 'serving'
  readonly createdAt?: string
  readonly state: 'pending' | 'approved' | 'denied' | 'failed' | 'issued'
  readonly why: string
}

/**
 * The requests of a Node's kubelet. A first one names only the token that it came with, which stands in the record until the join;
 * afterwards events tell which it was.
 */
export const certificatesOf = (
  node: Node,
  token: string | undefined,
  requests: readonly CertificateSigningRequest[],
  events: readonly Event[],
): readonly CertificateFacts[] => {
  const name = nameOf(node)
  return requests.flatMap((request): readonly CertificateFacts[] => {
    const requestor = requestorOf(request)
    if (requestor?.kind === 'node' && requestor.name === name) return [factsOf(request, requestor.wants, events)]
    return requestor?.kind === 'token' && requestor.id === token ? [factsOf(request, 'first join', events)] : []
  })
}

const factsOf = (request: CertificateSigningRequest, wants: CertificateFacts['wants'], events: readonly Event[]): CertificateFacts => {
  const decided = request.status?.conditions?.[0]
  const issued = (request.status?.certificate ?? '') !== ''
  const told = events.findLast(
    ({ message, reason }) => reason?.startsWith('Certificate') === true && message?.includes(` ${nameOf(request)}: `),
  )
  return {
    name: nameOf(request),
    wants,
    ...(request.metadata?.creationTimestamp !== undefined && { createdAt: request.metadata.creationTimestamp }),
    state: issued ? 'issued' : decided ? lowered[decided.type] : 'pending',
    why: decided
      ? [decided.reason, decided.message].filter(Boolean).join(': ')
      : (told?.message?.split(`${nameOf(request)}: `).at(-1) ?? ''),
  }
}

const lowered = { Approved: 'approved', Denied: 'denied', Failed: 'failed' } as const
