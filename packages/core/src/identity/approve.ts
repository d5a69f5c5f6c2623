import { type CertificateSigningRequest, CertificateSigningRequests } from '../api/index.ts'
import { type Client, isConflict } from '../kube/index.ts'
import { readAsked } from './asked.ts'
import { requestorOf } from './requestor.ts'
import { bindKey, tokenWithId } from './tokens.ts'
import type { Verdict } from './verdict.ts'

/** How the reasons of our approvals begin. */
const ourReason = 'KubeNode'

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
  const condition = { type: 'Approved', status: 'True', reason: `${ourReason}${reason}`, message } as const
  const conditions = [...(request.status?.conditions ?? []), condition]
  const approved: CertificateSigningRequest = { ...request, status: { ...request.status, conditions } }
  await client.update(CertificateSigningRequests, approved, { subresource: 'approval', signal })
  return true
}

/**
 * Somebody else (a person, kube-controller-manager in a cluster that lets all bootstrap tokens in) has approved it: the token was traded
 * for that key all the same, and whoever asks later whether its machine has joined must find that.
 *
 * Dies before, or with the answer lost: a new life is shown every request again.
 * @throws ApiError, TransportError: try again.
 */
export const bindApproved = async (client: Client, request: CertificateSigningRequest, signal: AbortSignal): Promise<void> => {
  const requestor = requestorOf(request)
  const approval = request.status?.conditions?.find(({ type }) => type === 'Approved')
  if (requestor?.kind !== 'token' || !approval || approval.reason?.startsWith(ourReason) === true) return
  const asked = readAsked(request.spec)
  if (asked.verdict !== undefined) return
  const token = await tokenWithId(client, requestor.id, signal)
  if (!token || token.isDeleting || token.approvedKey !== undefined) return
  try {
    await bindKey(client, token, asked.key, signal)
  } catch (error) {
    // It was written meanwhile: by an approval of ours, or to live longer. What is settled stays so, and the next look finds it.
    if (!isConflict(error)) throw error
    await bindApproved(client, request, signal)
  }
}
