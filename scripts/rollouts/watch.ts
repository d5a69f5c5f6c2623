import { hasJoined, isDeleting, isUp } from '../../packages/core/src/index.ts'
import { type Node, type NodeSet, NodeSets, Nodes, hasTaint, labels, rolloutBounds, taints } from '../../packages/core/src/api/index.ts'
import type { TestCluster } from '../../packages/testing/src/cluster/index.ts'

/** What a set looked like after a write that changed one of these numbers. */
export interface Row {
  /** Seconds since the story began. */
  readonly at: number
  /** Live nodes of other revisions than the newest. */
  readonly old: number
  readonly new: number
  /** Live nodes that serve and are up. */
  readonly ready: number
  /** Live nodes of the headroom that are up. */
  readonly warm: number
  /** Nodes on their way out. */
  readonly going: number
  readonly wanted: number
  /** What somebody did just then. */
  readonly note?: string
}

export interface RolloutWatch {
  readonly rows: readonly Row[]
  /** In words, each moment in which the set had more nodes, or fewer ready ones, than it may. */
  readonly broken: readonly string[]
  /** The story begins: what came before is no part of it. */
  begin(): void
  note(text: string): void
  /** From now on nodes die or are deleted by somebody else, so that fewer ready ones are nobody's fault. */
  excuse(nodes: number): void
}

/** Looks at the only set after each write, past all caches. */
export const watchRollout = (cluster: TestCluster): RolloutWatch => {
  let began = cluster.runtime.clock.now()
  const rows: Row[] = []
  const broken: string[] = []
  let pending: string | undefined
  let excused = 0
  const look = (): void => {
    // What the server stores of these kinds: the casts at the border.
    const [set] = cluster.server.store.list(NodeSets) as unknown as readonly NodeSet[]
    const nodes = cluster.server.store.list(Nodes) as unknown as readonly Node[]
    if (!set) return
    const row = rowOf(set, nodes, Math.round((cluster.runtime.clock.now() - began) / 1_000))
    const last = rows.at(-1)
    if (pending === undefined && last && isSame(last, row)) return
    rows.push(pending === undefined ? row : { ...row, note: pending })
    pending = undefined
    const problem = whyBroken(set, nodes.length, row, last, excused)
    if (problem !== undefined) broken.push(`after ${row.at} s: ${problem}`)
  }
  cluster.server.onRequest(({ verb }) => {
    if (!['get', 'list', 'watch'].includes(verb)) look()
  })
  return {
    rows,
    broken,
    begin() {
      began = cluster.runtime.clock.now()
      rows.splice(0)
      pending = undefined
      look()
    },
    note(text) {
      pending = pending === undefined ? text : `${pending}; ${text}`
    },
    excuse(count) {
      excused += count
    },
  }
}

const rowOf = (set: NodeSet, nodes: readonly Node[], at: number): Row => {
  const live = nodes.filter(node => !isDeleting(node))
  const isWarm = (node: Node): boolean => hasTaint(node.spec?.taints, { key: taints.headroom })
  const isNew = (node: Node): boolean => node.metadata?.labels?.[labels.revision] === set.status?.updateRevision
  return {
    at,
    old: live.filter(node => !isNew(node)).length,
    new: live.filter(isNew).length,
    ready: live.filter(node => hasJoined(node) && isUp(node) && !isWarm(node)).length,
    warm: live.filter(node => hasJoined(node) && isUp(node) && isWarm(node)).length,
    going: nodes.length - live.length,
    wanted: set.spec.replicas ?? 1,
  }
}

const isSame = (a: Row, b: Row): boolean =>
  a.old === b.old && a.new === b.new && a.ready === b.ready && a.warm === b.warm && a.going === b.going && a.wanted === b.wanted

/** A person who asks for fewer or more nodes moves the bounds; who was within them then may be beyond them for a while. */
const whyBroken = (set: NodeSet, total: number, row: Row, last: Row | undefined, excused: number): string | undefined => {
  const { maxSurge = 1, maxUnavailable = 0 } = set.spec.strategy?.rollingUpdate ?? {}
  const { surge, unavailable } = rolloutBounds({ maxSurge, maxUnavailable }, row.wanted)
  const most = row.wanted + surge + (set.spec.headroom?.nodes ?? 0)
  const before = last === undefined ? 0 : last.old + last.new + last.going
  if (total > most && total > before) return `${total} nodes, and ${most} are the most`
  const fewest = row.wanted - unavailable - excused
  if (last && row.ready < fewest && row.ready < last.ready) return `${row.ready} ready nodes, and ${fewest} are the fewest`
  return undefined
}
