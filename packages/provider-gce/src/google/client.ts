import type { Call, Scope } from '@kube-node/core/provider'
import { type AuthClient, GoogleAuth, JWT } from 'google-auth-library'
import type { ServiceAccountKey } from './credentials.ts'
import { Refusal, toProviderError } from './errors.ts'

export interface GoogleOptions {
  /** Base URL of the service: `https://compute.googleapis.com/compute/v1`. */
  readonly url: string
  /** Default: application default credentials (workload identity, metadata server, `GOOGLE_APPLICATION_CREDENTIALS`). */
  readonly key?: ServiceAccountKey | undefined
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the base URL; its parts encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: object
  /** Where a stockout would be. */
  readonly scope?: Scope
}

/** A service of Google's, by its REST interface. */
export interface Google {
  /**
   * One question, that ends with its call and is never asked again by itself. Answers parsed JSON: what its fields
   * are is the reader's to say.
   * @param operation as Google names the method: `instances.insert`.
   * @throws ProviderError, or the reason of the call's signal.
   */
  ask<T>(operation: string, question: Question, call: Call): Promise<T>
}

const scopes = ['https://www.googleapis.com/auth/cloud-platform']

export const openGoogle = ({ url, key }: GoogleOptions): Google => {
  const client = key ? clientOf(key) : undefined
  const defaults = new GoogleAuth({ scopes })

  const send = async ({ method, path, query = {}, body }: Question, signal: AbortSignal): Promise<unknown> => {
    const target = new URL(`${url}/${path}`)
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, String(value))
    const asker = client ?? (await defaults.getClient())
    signal.throwIfAborted()
    const { status, data, headers } = await asker.request<string>({
      url: target.href,
      method,
      signal,
      // Core retries, knows what may be repeated, and slows down all of the connection when Google asks for it.
      retry: false,
      responseType: 'text',
      // A refusal is read here: the library's own errors carry the request, token included.
      validateStatus: () => true,
      ...(body && { data: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const answer = parsed(data)
    if (status < 200 || status > 299 || answer === undefined) throw new Refusal(status, answer, headers.get('retry-after') ?? undefined)
    return answer
  }

  return {
    async ask<T>(operation: string, question: Question, { signal }: Call): Promise<T> {
      signal.throwIfAborted()
      try {
        const answer = await send(question, signal)
        signal.throwIfAborted()
        // The border: what Google documents of this method.
        return answer as T
      } catch (error) {
        signal.throwIfAborted()
        throw toProviderError(operation, error, question.scope)
      }
    },
  }
}

/** A key signs its tokens itself, as Google's own clients let it: nobody has to be asked for them. */
const clientOf = ({ client_email: email, private_key: key }: ServiceAccountKey): AuthClient => {
  const client = new JWT({ email, key, scopes })
  client.useJWTAccessWithScope = true
  return client
}

/** Undefined for what is no JSON object: a page of a proxy in Google's place. */
const parsed = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
