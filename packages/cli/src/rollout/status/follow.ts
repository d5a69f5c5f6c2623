import { type KubeObject, Leases, NodeClasses, NodeSets, Nodes, type Resource } from '@kube-node/core/api'
import { type Informer, type InformerOptions, createCache } from '@kube-node/core/kube'
import { createAlarm, createLog, linkedAbort } from '@kube-node/core/runtime'
import type { Talk } from '../../cluster/index.ts'
import type { Host } from '../../terminal/index.ts'
import { type Scene, nodesOf } from './facts.ts'

/** A controller that falls silent is noticed by the time alone. */
const tickMs = 5_000

/**
 * Looks at the set at each change of anything around it, until `look` answers that it has seen enough.
 * @param first what may not be read in it is not followed either.
 */
export const followScene = async (
  host: Host,
  { transport }: Talk,
  first: Scene,
  look: (scene: Scene | 'gone') => Promise<boolean>,
  parent: AbortSignal,
): Promise<void> => {
  const { clock } = host.runtime
  const { metadata } = first.set
  const name = metadata?.name ?? ''
  using link = linkedAbort(parent)
  const { signal } = link
  const log = createLog({ clock, level: 'warn', write: line => void host.stderr.write(line) })
  const cache = createCache({ transport, runtime: host.runtime, log, userAgent: 'kube-node-cli' })
  const changed = createAlarm(clock)
  const follow = <T extends KubeObject>(resource: Resource<T>, options?: InformerOptions): Informer<T>['store'] => {
    const informer = cache.informer(resource, options)
    informer.subscribe(() => changed.ring())
    return informer.store
  }
  const sets = follow(NodeSets)
  const classes = first.classes && follow(NodeClasses)
  const nodes = first.nodes && follow(Nodes, { selector: nodesOf(name) })
  const leases = first.leases && follow(Leases, { namespace: first.namespace })
  const seen = (): Scene | 'gone' => {
    const set = sets.get({ name })
    if (set?.metadata?.uid !== metadata?.uid || !set) return 'gone'
    return { set, classes: classes?.list(), nodes: nodes?.list(), leases: leases?.list(), namespace: first.namespace }
  }
  const following = cache.run(signal)
  try {
    await cache.synced(signal)
    while (!(await look(seen()))) await changed.wait(tickMs, signal)
  } finally {
    link.abort(new Error('the rollout was followed to its end'))
    await following
  }
}
