import type { Duration } from '@kube-node/core/runtime'

/** Which requests a fault hits: all that is named must fit, what is left out fits everything. */
export interface FaultMatch {
  /** As in RBAC: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb?: string | readonly string[]
  /** The plural, with its subresource where one is meant: `nodes`, `pods/eviction`. `nodes` alone does not fit `nodes/status`. */
  readonly resource?: string | readonly string[]
  readonly group?: string
  readonly namespace?: string
  readonly name?: string
  /** Who asks, after impersonation. */
  readonly user?: string
  /** Beginning of the client's User-Agent. */
  readonly userAgent?: string
}

/** Something that goes wrong between a client and the server. What is left out stays as it is. */
export interface Fault {
  readonly match?: FaultMatch
  /** Hits so many requests, then is gone. Default: every one until it is taken back. */
  readonly times?: number
  /** Hits a request with this probability in [0, 1], drawn from the server's runtime. Default: always, without a draw. */
  readonly chance?: number
  /** Passes before the server sees the request. A number counts milliseconds. */
  readonly latency?: Duration | number
  /** The request is refused with this HTTP status, and not carried out. */
  readonly status?: number
  /** `Retry-After` of the refusal, in seconds. Default: none. */
  readonly retryAfter?: number
  /** The connection breaks before the request is carried out, or after: the client can't tell which. */
  readonly loseAnswer?: 'before' | 'after'
  /** How an answer gets lost: the connection breaks at once, or nothing comes until the client gives up. Default: reset. */
  readonly how?: 'reset' | 'hang'
  /** A watch that is opened breaks after so many events or so much time; `true`: with its first event. */
  readonly dropWatch?: true | { readonly afterEvents?: number; readonly after?: Duration | number }
  /** A watch that is opened tells everything this much later than it happened. */
  readonly delayEvents?: Duration | number
  /** Lists that take any version (`resourceVersion=0`) are answered from so many writes ago, as by an API server that lags behind. */
  readonly staleBy?: number
}

/** What can go wrong. Faults that hit the same request add up; of two refusals the first counts. */
export interface Faults {
  /** Takes effect with the next request. Disposing takes it back. */
  add(fault: Fault): Disposable
  /** Takes back everything; watches that were opened under a fault keep it. */
  clear(): void
}
