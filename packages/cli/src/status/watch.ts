import { type KubeObject, Leases, NodeClasses, NodeSets, Nodes, type Resource, conditionTime } from '@kube-node/core/api'
import { type Informer, type InformerOptions, createCache } from '@kube-node/core/kube'
import { createAlarm, createLog, linkedAbort } from '@kube-node/core/runtime'
import { stringify } from 'yaml'
import type { Talk } from '../cluster/index.ts'
import { type Board, createBoard, redraw } from '../display/index.ts'
import type { Host } from '../terminal/index.ts'
import { type Moment, statusStyle } from './frame.ts'
import { select } from './select.ts'
import type { Target } from './target.ts'
import type { Snapshot } from './view.ts'

export interface WatchOptions {
  readonly host: Host
  readonly cluster: Talk
  readonly target: Target
  /** What may not be read in it is not followed either. */
  readonly first: Snapshot
  readonly output: 'json' | 'yaml' | 'wide' | undefined
}

/** How often ages are brought up to date; a controller that falls silent is noticed by the time alone. */
const tickMs = { picture: 1_000, lines: 5_000 } as const

/** Shows the cluster as it changes, until the host's signal fires. What is gone leaves the picture; the watch goes on. */
export const watchStatus = async ({ host, cluster, target, first, output }: WatchOptions): Promise<void> => {
  const { clock } = host.runtime
  using link = linkedAbort(host.signal)
  const { signal } = link
  const board = boardOf(host, target, output)
  const write = (line: string): void => (board.ages ? board.say(line.trimEnd()) : void host.stderr.write(line))
  const log = createLog({ clock, level: 'warn', write })
  const cache = createCache({ transport: cluster.transport, runtime: host.runtime, log, userAgent: 'kube-node-cli' })
  const changed = createAlarm(clock)
  const follow = <T extends KubeObject>(resource: Resource<T>, options?: InformerOptions): Informer<T>['store'] => {
    const informer = cache.informer(resource, options)
    informer.subscribe(() => changed.ring())
    return informer.store
  }
  const nodes = follow(Nodes)
  const classes = first.classes && follow(NodeClasses)
  const sets = first.sets && follow(NodeSets)
  const leases = first.leases && follow(Leases, { namespace: first.namespace })
  const show = (): void => {
    const now = clock.now()
    const seen = { nodes: nodes.list(), classes: classes?.list(), sets: sets?.list(), leases: leases?.list() }
    board.show({ view: select({ ...first, ...seen }, target, now), now })
  }
  const following = cache.run(signal)
  try {
    await cache.synced(signal)
    await redraw({ clock, changed, tickMs: board.ages ? tickMs.picture : tickMs.lines, show }, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    link.abort(new Error('the watch is over'))
    await following
    board.finish()
  }
}

const boardOf = (host: Host, target: Target, output: WatchOptions['output']): Board<Moment> => {
  if (output === 'json' || output === 'yaml') return documents(host, output)
  return createBoard(
    host,
    statusStyle(target, output === 'wide', () => conditionTime(host.runtime.clock.now())),
  )
}

/** For programs: the whole of it at each change, a line or a document each. */
const documents = ({ stdout }: Host, output: 'json' | 'yaml'): Board<Moment> => {
  let last = ''
  return {
    ages: false,
    say: text => void stdout.write(`${text}\n`),
    show({ view }) {
      // A next try that comes nearer, and a Lease that is renewed, are no change.
      const said = JSON.stringify(view, (key, value: unknown) => (key === 'next' || key === 'renewedAt' ? undefined : value))
      if (said === last) return
      last = said
      stdout.write(output === 'json' ? `${JSON.stringify(view)}\n` : `---\n${stringify(view, { lineWidth: 0 })}`)
    },
    finish: () => undefined,
  }
}
