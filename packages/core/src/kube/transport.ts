/** A value as JSON holds it. Objects that came from an API server are shared and frozen in tests: never change them. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * Core's only way to Kubernetes: the semantics of HTTP on parsed JSON. Sockets, TLS and framing are one implementation
 * (`fromKubeConfig`); the embedded API server is another, without any of them.
 */
export interface KubeTransport extends AsyncDisposable {
  /**
   * One request, one answer, whatever its status: a 404 is an answer, not an error.
   * @throws TransportError when no answer came (connection refused, reset, timeout, abort): the outcome of a write is then unknown.
   */
  request(request: KubeRequest): Promise<KubeResponse>
  /**
   * Opens a watch.
   * @throws ApiError when the server refuses it (410 Gone for an old resourceVersion, 403, ...); TransportError as above.
   */
  watch(request: KubeRequest): Promise<KubeStream>
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the server's address, beginning with a slash, already percent-encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Lower-case names. `content-type` says what kind of patch a body is. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Json
  /** Must not wait behind other requests, however many are under way: what renews a lease. Default false. */
  readonly urgent?: boolean
  readonly signal: AbortSignal
}

export interface KubeResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON; a string where the answer was not JSON (`/readyz`). */
  readonly body: Json
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: Json
}

/** Pulled, not pushed: one `next()` is one event, which gives back-pressure, and a simulation one event to order. */
export interface KubeStream extends AsyncDisposable {
  /**
   * The next event, or undefined when the server ended the watch (a normal thing: open it again).
   * @throws TransportError when the connection broke or the request's signal fired.
   */
  next(): Promise<WatchEvent | undefined>
}
