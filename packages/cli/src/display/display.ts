import { NodeSets, Nodes } from '@kube-node/core/api'
import { type KubeTransport, createCache } from '@kube-node/core/kube'
import { type Log, createAlarm } from '@kube-node/core/runtime'
import type { Host } from '../terminal/index.ts'
import type { Easel } from './easel.ts'
import { createPhaseWatch } from './phases.ts'
import { redraw } from './redraw.ts'
import { viewOf } from './view.ts'

export interface DisplayOptions {
  readonly transport: KubeTransport
  readonly runtime: Host['runtime']
  readonly log: Log
  readonly easel: Easel
}

/** How often ages are brought up to date. */
const tickMs = 1_000

/** Follows sets and nodes and shows them, until the signal fires. Sees the cluster as any other client does. */
export const runDisplay = async ({ transport, runtime, log, easel }: DisplayOptions, signal: AbortSignal): Promise<void> => {
  const { clock } = runtime
  const cache = createCache({ transport, runtime, log, userAgent: 'kube-node-display' })
  const nodes = cache.informer(Nodes)
  const sets = cache.informer(NodeSets)
  const phases = createPhaseWatch(clock)
  const changed = createAlarm(clock)

  const show = (): void => easel.show(viewOf(nodes.store.list(), sets.store.list(), phases.since))
  using _nodes = nodes.subscribe(change => {
    if (change.type === 'deleted') phases.forget(change.object)
    changed.ring()
  })
  using _sets = sets.subscribe(() => changed.ring())

  const following = cache.run(signal)
  try {
    await cache.synced(signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  if (!signal.aborted) await redraw({ clock, changed, tickMs: easel.ages ? tickMs : undefined, show }, signal)
  await following
  show()
  easel.finish()
}
