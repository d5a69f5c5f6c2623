import { type CertificateSigningRequest, bootstrapGroup } from '../api/index.ts'

export const signers = {
  client: 'kubernetes.io/kube-apiserver-client-kubelet',
  serving: 'kubernetes.io/kubelet-serving',
} as const

/** Who asks, of those whose requests are our business. */
export type Requestor =
  /** A machine with a bootstrap token, for its first certificate. */
  | { readonly kind: 'token'; readonly id: string }
  /** A kubelet that has one. */
  | { readonly kind: 'node'; readonly name: string; readonly wants: 'client' | 'serving' }

const tokenUser = /^system:bootstrap:([a-z0-9]{6})$/
const nodeUser = 'system:node:'

/**
 * From what the API server itself wrote into the request about its author, never from what he wrote. Undefined: another signer's, or
 * from somebody who is neither.
 */
export const requestorOf = ({ spec }: CertificateSigningRequest): Requestor | undefined => {
  const { groups = [], signerName, username = '' } = spec
  const wants = signerName === signers.client ? 'client' : signerName === signers.serving ? 'serving' : undefined
  if (wants === undefined) return undefined
  const [, id] = tokenUser.exec(username) ?? []
  if (id !== undefined) return wants === 'client' && groups.includes(bootstrapGroup) ? { kind: 'token', id } : undefined
  const name = username.startsWith(nodeUser) ? username.slice(nodeUser.length) : ''
  return name !== '' && groups.includes('system:nodes') ? { kind: 'node', name, wants } : undefined
}

/** Approved, denied, failed or issued: nothing is left to say. */
export const isSettled = ({ status }: CertificateSigningRequest): boolean =>
  (status?.conditions?.length ?? 0) > 0 || (status?.certificate ?? '') !== ''
