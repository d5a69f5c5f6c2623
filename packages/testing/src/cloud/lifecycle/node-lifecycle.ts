import { type Lease, type Node, Leases, Nodes, findCondition, nameOf, pathOf } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { type Duration, type Log, type Runtime, durationMs, errorText } from '@kube-node/core/runtime'
import { agenda } from '../../clock/index.ts'
import { follow } from '../kubelet/follow.ts'
import { send } from '../kubelet/request.ts'
import { judge } from './judge.ts'

export interface SimulatedNodeLifecycleOptions {
  readonly transport: KubeTransport
  readonly runtime: Runtime
  readonly log?: Log
  /** How long a kubelet may be silent. Default 40s. */
  readonly gracePeriod?: Duration
  /** How old a Node without any conditions may get. Default 60s. */
  readonly startupGracePeriod?: Duration
  /** How often silence is looked for. Default 5s. */
  readonly period?: Duration
}

/** What kube-controller-manager does to Nodes, in small: condition Unknown after silence, and taints that follow the conditions. */
export interface SimulatedNodeLifecycle {
  /** Runs until the signal fires; resolves when what was under way has ended. */
  run(signal: AbortSignal): Promise<void>
}

interface Watched {
  node: Node
  readonly since: number
  /** What was last heard of each kind, and when: the same words again are no news. */
  readonly heard: Map<'lease' | 'status', string>
  heardAt: number
  busy: boolean
}

export const simulatedNodeLifecycle = (options: SimulatedNodeLifecycleOptions): SimulatedNodeLifecycle => {
  const { transport, runtime, log } = options
  const graceMs = durationMs(options.gracePeriod ?? '40s')
  const startupMs = durationMs(options.startupGracePeriod ?? '60s')
  const periodMs = durationMs(options.period ?? '5s')

  return {
    async run(signal) {
      const nodes = new Map<string, Watched>()
      const underWay = new Set<Promise<void>>()
      using plan = agenda(runtime.clock)
      const monotonic = (): number => runtime.clock.monotonic()

      const hear = (watched: Watched, what: 'lease' | 'status', words: string): void => {
        if (watched.heard.get(what) === words) return
        watched.heard.set(what, words)
        watched.heardAt = monotonic()
      }
      const write = async ({ node }: Watched, patch: ReturnType<typeof judge>): Promise<void> => {
        const name = nameOf(node)
        // Conditional on what was judged: after a conflict the watch brings the newer Node, which is judged anew.
        const metadata = { resourceVersion: node.metadata?.resourceVersion }
        const common = { method: 'PATCH', signal, expect: [404, 409] } as const
        if (patch.conditions) {
          const body = { metadata, status: { conditions: patch.conditions } }
          await send(transport, { ...common, path: pathOf(Nodes, undefined, name, 'status'), patch: 'strategic-merge-patch', body })
        } else if (patch.taints) {
          await send(transport, {
            ...common,
            path: pathOf(Nodes, undefined, name),
            patch: 'merge-patch',
            body: { metadata, spec: { taints: patch.taints } },
          })
        }
      }
      const look = (watched: Watched): void => {
        if (watched.busy || signal.aborted) return
        const { node, heardAt, since } = watched
        const now = monotonic()
        const judgement = judge({ node, silentMs: now - heardAt, ageMs: now - since, now: runtime.clock.now(), graceMs, startupMs })
        if (!judgement.conditions && !judgement.taints) return
        watched.busy = true
        const done = write(watched, judgement)
          .catch((error: unknown) => {
            if (!signal.aborted)
              log?.('debug', 'the simulated node lifecycle could not write', { node: nameOf(node), error: errorText(error) })
          })
          .then(() => {
            watched.busy = false
            underWay.delete(done)
            // The watch may have brought a newer Node meanwhile; where it has not yet, it will, and that looks again.
            if (watched.node !== node) look(watched)
          })
        underWay.add(done)
      }

      const changed = (node: Node): void => {
        const name = nameOf(node)
        const known = nodes.get(name)
        const same = known && known.node.metadata?.uid === node.metadata?.uid ? known : undefined
        const watched = same ?? { node, since: monotonic(), heard: new Map(), heardAt: monotonic(), busy: false }
        watched.node = node
        nodes.set(name, watched)
        const ready = findCondition(node.status?.conditions, 'Ready')
        if (ready && ready.status !== 'Unknown') hear(watched, 'status', `${ready.lastHeartbeatTime ?? ''} ${ready.status}`)
        look(watched)
      }
      const renewed = (lease: Lease): void => {
        if (lease.metadata?.namespace !== 'kube-node-lease') return
        const watched = nodes.get(nameOf(lease))
        if (watched) hear(watched, 'lease', lease.spec?.renewTime ?? '')
      }
      const tick = (): void => {
        for (const watched of nodes.values()) look(watched)
        plan.after(periodMs, tick)
      }

      plan.after(periodMs, tick)
      const world = { transport, runtime, log }
      await Promise.all([
        follow<Node>({ resource: Nodes, changed, deleted: node => void nodes.delete(nameOf(node)) }, world, signal),
        follow<Lease>({ resource: Leases, changed: renewed, deleted: () => undefined }, world, signal),
      ])
      await Promise.all(underWay)
    },
  }
}
