import type { Component } from '../../e2e/control-plane/index.ts'
import { type Usage, resetPeak, usageOf } from '../measure/process.ts'
import { answerOf } from './http.ts'

export interface LoopDelay {
  readonly p50: number
  readonly p99: number
}

/** What only the process itself knows; see bench/processes/provider.ts. */
export interface Inside {
  /** After a collection of garbage. */
  readonly heapBytes: number
  /** Milliseconds, since the last question. */
  readonly loopMs: LoopDelay
}

/** `kube-node run`, in a process of its own. */
export interface Controller {
  inside(): Promise<Inside>
  usage(): Promise<Usage>
  resetPeak(): Promise<void>
  /** As a rollout of the controller does it: it gives its lease back. */
  stop(): Promise<void>
}

export const controllerAt = ({ name, pid, stop }: Component, probe: string): Controller => {
  if (pid === undefined) throw new Error(`${name} could not be started`)
  return {
    inside: () => answerOf<Inside>(probe),
    usage: () => usageOf(pid),
    resetPeak: () => resetPeak(pid),
    stop: () => stop('SIGTERM'),
  }
}
