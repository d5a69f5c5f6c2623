import type { KubeTransport } from '../kube/index.ts'
import type { Duration, Log, Runtime } from '../runtime/index.ts'
import type { Controller } from './definition.ts'
import type { LeaderElection } from './lease.ts'
import type { MetricsRegistry } from './metrics.ts'

export interface ManagerOptions {
  /** Stays the caller's: close it after `run` has settled. */
  readonly cluster: KubeTransport
  /** Default: none, for the only manager of its controllers. */
  readonly leaderElection?: LeaderElection | undefined
  /** Default: the real clocks and the real chance. */
  readonly runtime?: Runtime
  /** Default: lines of text on stderr. */
  readonly log?: Log
  /**
   * How long a stop waits for what runs before it is aborted. Default 20s, which leaves the rest of a pod's usual 30 s to
   * write events and give the lease back.
   */
  readonly stopWithin?: Duration
  /** Default: fresh ones. Give your own to put numbers of yours beside them. */
  readonly metrics?: MetricsRegistry
  /** Who owns the fields that are written. Default kube-node. */
  readonly fieldManager?: string
  /** Hands out deep-frozen objects, so that who changes one fails where he does so: for tests. Default false. */
  readonly frozen?: boolean
}

/** Runs controllers on one cluster. Never ends the process, never listens to its signals, opens no sockets. */
export interface Manager {
  /**
   * Before `run`. Answers the controller, typed as it came.
   * @throws Error when the manager runs already, or a part's name is taken.
   */
  add<C extends Controller>(controller: C): C
  /** Resolves when the controllers work: stores synced, lease ours, every `start` done. Rejects when `run` ends before that. */
  readonly ready: Promise<void>
  /**
   * Works until the signal fires, and settles once, when everything has stopped: resolves after a graceful stop.
   * An API server that is unreachable or refuses is no reason to end: that is logged, shown in /readyz, and waited out.
   * @throws LeaseLost when it had to stop acting; ControllerFailed when a controller could not start or a source threw.
   */
  run(options: { readonly signal: AbortSignal }): Promise<void>
  /** What to answer to a GET of that path: without a socket, so that every host can serve it its own way (or by `serveHealth`). */
  handle(path: string): Promise<HealthAnswer>
}

export interface HealthAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
