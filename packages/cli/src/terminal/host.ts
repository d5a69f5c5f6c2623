import type { Runtime } from '@kube-node/core/runtime'

/** Where text goes: process.stdout, or a stream of a test. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** All that a command has of the process that runs it. */
export interface Host {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute: what relative paths in arguments start from. */
  readonly cwd: string
  readonly runtime: Runtime
  /** Fires when the user wants an end: Ctrl-C, SIGTERM. */
  readonly signal: AbortSignal
}

/** How much may be drawn on an output. */
export interface Screen {
  readonly columns: number
  readonly rows: number
}

/** The screen that an output is; undefined for files, pipes and terminals that can't move their cursor. */
export const screenOf = (output: Output, env: Host['env']): Screen | undefined =>
  output.isTTY === true && env['TERM'] !== 'dumb' ? { columns: output.columns ?? 80, rows: output.rows ?? 24 } : undefined

/** https://no-color.org: any value but the empty one switches colours off. */
export const hasColour = (output: Output, env: Host['env']): boolean =>
  output.isTTY === true && env['TERM'] !== 'dumb' && (env['NO_COLOR'] ?? '') === ''
