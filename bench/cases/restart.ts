import type { Controller } from '../stage/controller.ts'
import type { NodeWatch } from '../stage/nodes.ts'
import type { Stage } from '../stage/stage.ts'

/** A new controller finds a cluster that is there already, and something to do. */
export interface Restart {
  /** From the start of the process to the first Node of those that the set lacks. */
  readonly firstDecisionSeconds: number
  readonly cpuSeconds: number
  readonly peakMiB: number
}

/** While there is no controller, the set is asked to be larger by this. */
const more = 10

export const restarted = async (
  stage: Stage,
  old: Controller,
  nodes: NodeWatch,
  n: number,
  signal: AbortSignal,
): Promise<{ readonly controller: Controller; readonly restart: Restart }> => {
  await old.stop()
  await stage.kubectl(['scale', 'nodeset', 'bench', `--replicas=${n + more}`])
  const began = performance.now()
  const starting = stage.startController()
  await nodes.until(({ total }) => total > n, signal)
  const firstDecisionSeconds = (performance.now() - began) / 1_000
  const controller = await starting
  const { cpuSeconds, peakMiB } = await controller.usage()
  await nodes.until(({ running, total }) => total === n + more && running() === total, signal)
  await stage.kubectl(['scale', 'nodeset', 'bench', `--replicas=${n}`])
  await nodes.until(({ running, total }) => total === n && running() === total, signal)
  return { controller, restart: { firstDecisionSeconds, cpuSeconds, peakMiB } }
}
