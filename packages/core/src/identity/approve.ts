import { type CertificateSigningRequest, CertificateSigningRequests } from '../api/index.ts'
import type { Client } from '../kube/index.ts'
import { bindKey } from './tokens.ts'
import type { Verdict } from './verdict.ts'

type Approved = Extract<Verdict, { readonly verdict: 'approve' }>

/**
 * Carries out an approval: binds the token to the key, then writes the condition, both only if nobody has changed what was judged.
 * False when the token is gone, and nothing was approved.
 *
 * Dies before: the request is judged again. Between the two writes: the token is bound, the request pending; the next life judges
 * it again, finds its own key bound, and approves. After, or with the answer lost: it is approved, and settled for everybody. In no
 * order of these does a second key of one token get approved, since the binding comes first and excludes it.
 * @throws ApiError Conflict or NotFound: judge again.
 */
export const approve = async (
  client: Client,
  request: CertificateSigningRequest,
  { bind, message, reason }: Approved,
  signal: AbortSignal,
): Promise<boolean> => {
  if (bind !== undefined && (await bindKey(client, bind.token, bind.key, signal)) === undefined) return false
  const condition = { type: 'Approved', status: 'True', reason: `KubeNode${reason}`, message } as const
  const conditions = [...(request.status?.conditions ?? []), condition]
  const approved: CertificateSigningRequest = { ...request, status: { ...request.status, conditions } }
  await client.update(CertificateSigningRequests, approved, { subresource: 'approval', signal })
  return true
}
