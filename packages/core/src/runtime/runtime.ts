/**
 * What the world is to kube-node: time, chance and the order in which things happen. Nothing in core reads them from
 * anywhere else, so that a whole cluster can run on virtual time with one seed for one history.
 */
export interface Runtime {
  readonly clock: Clock
  /** A number in [0, 1), as Math.random. */
  random(): number
  /** A version 4 UUID. */
  uuid(): string
  /**
   * A place where a simulation may let something else go first. Real runtimes answer undefined, which costs nothing:
   * await the answer only when there is one. Labels are for people who read a simulated history.
   */
  yield(label: string): Promise<void> | undefined
}

export interface Clock {
  /** Wall time in milliseconds since the epoch. It may jump; compare it only with times that others wrote. */
  now(): number
  /** Milliseconds since some fixed moment. It never goes backwards: measure and schedule by this. */
  monotonic(): number
  /** Resolves after `ms` milliseconds (at once for 0 and less). Rejects with the signal's reason when that fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** One structured line of log. Fields never hold credentials, tokens or whole objects. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
