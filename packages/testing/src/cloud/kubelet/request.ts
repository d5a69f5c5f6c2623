import type { Json, KubeRequest, KubeResponse, KubeTransport } from '@kube-node/core/kube'

/** The API server said something that the simulated kubelet can't go on from; it tries again later. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number

  constructor(request: Pick<KubeRequest, 'method' | 'path'>, { status, body }: KubeResponse) {
    const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined
    super(`${request.method} ${request.path}: ${status}${typeof message === 'string' ? ` ${message}` : ''}`)
    this.status = status
  }
}

export interface Sending {
  readonly method: KubeRequest['method']
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly patch?: 'strategic-merge-patch' | 'merge-patch'
  readonly signal: AbortSignal
  /** Refusals that the caller knows what to do with. */
  readonly expect?: readonly number[]
}

/** A request whose answer is a success, or one of those that the caller expects. @throws UnexpectedAnswer, TransportError */
export const send = async (
  transport: KubeTransport,
  { method, path, query, body, patch, signal, expect = [] }: Sending,
): Promise<KubeResponse> => {
  const request: KubeRequest = {
    method,
    path,
    signal,
    ...(query && { query }),
    // Built from typed objects just above: JSON by construction.
    ...(body !== undefined && { body: body as Json }),
    ...(patch && { headers: { 'content-type': `application/${patch}+json` } }),
  }
  const response = await transport.request(request)
  if (response.status >= 300 && !expect.includes(response.status)) throw new UnexpectedAnswer(request, response)
  return response
}
