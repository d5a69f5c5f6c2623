import type { Call } from '@kube-node/core/provider'
import { type Refusal, refused, unanswered } from './errors.ts'

/** A server as Brook's API shows it. */
export interface Server {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly type: string
  readonly status: 'building' | 'active' | 'deleting' | 'deleted'
  readonly created: string
  readonly labels: Readonly<Record<string, string>>
  readonly private_ip?: string
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** @throws ProviderError, or the reason of the call's signal. */
export type BrookApi = <T>(request: Request, call: Call) => Promise<T>

/** No retries, no timers, no limits here: core has them, around every call. */
export const brookApi =
  ({ url, token }: { readonly url: string; readonly token: string }): BrookApi =>
  async <T>({ method, path, headers, body }: Request, { signal }: Call): Promise<T> => {
    const { status, answer } = await fetch(new URL(path, url), {
      method,
      signal,
      headers: { ...headers, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
      .then(async (response): Promise<{ status: number; answer: unknown }> => ({ status: response.status, answer: await response.json() }))
      .catch((error: unknown) => {
        // A broken connection, or a proxy's page instead of JSON.
        throw signal.aborted ? signal.reason : unanswered(error)
      })
    // Border: Brook documents both shapes.
    if (status >= 400) throw refused(status, (answer as { readonly error?: Refusal }).error ?? {})
    return answer as T // as above
  }
