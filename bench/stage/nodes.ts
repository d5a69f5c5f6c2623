import { annotations, labels } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'

/** What is counted of the Nodes of sets, as they come and go. */
export interface NodeCounts {
  readonly total: number
  /** Those in phase Running, of all revisions or of one. */
  running(revision?: string): number
  /** Those of which some node runs. */
  revisions(): readonly string[]
}

export interface NodeWatch extends AsyncDisposable {
  readonly counts: NodeCounts
  /** Resolves at the event that makes it true. @throws the watch's error, or the signal's reason. */
  until(isTrue: (counts: NodeCounts) => boolean, signal: AbortSignal): Promise<void>
}

interface Told {
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

interface ToldList {
  /** Go's way to say that there is none. */
  readonly items: readonly Told[] | null
  readonly metadata: { readonly resourceVersion: string }
}

const path = '/api/v1/nodes'
const labelSelector = labels.nodeset
const headersFor = (kind: string): Record<string, string> => ({
  accept: `application/json;as=${kind};g=meta.k8s.io;v=v1`,
  'user-agent': 'bench-watch',
})

/** Watches by metadata alone, so that whoever looks takes as little of the machine as can be. */
export const watchNodes = (transport: KubeTransport): NodeWatch => {
  const closing = new AbortController()
  /** Its revision when it runs, and otherwise undefined. */
  const all = new Map<string, string | undefined>()
  const runningByRevision = new Map<string, number>()
  const count = (revision: string | undefined, by: number): void => {
    if (revision !== undefined) runningByRevision.set(revision, (runningByRevision.get(revision) ?? 0) + by)
  }
  const counts: NodeCounts = {
    get total() {
      return all.size
    },
    running: revision => {
      if (revision !== undefined) return runningByRevision.get(revision) ?? 0
      return [...runningByRevision.values()].reduce((sum, n) => sum + n, 0)
    },
    revisions: () => [...runningByRevision].filter(([, n]) => n > 0).map(([revision]) => revision),
  }
  const waiting = new Set<() => void>()
  const take = ({ metadata }: Told, gone: boolean): void => {
    const runs = metadata.annotations?.[annotations.phase] === 'Running' && !gone
    const revision = runs ? (metadata.labels?.[labels.revision] ?? '') : undefined
    count(all.get(metadata.name), -1)
    count(revision, 1)
    if (gone) all.delete(metadata.name)
    else all.set(metadata.name, revision)
  }
  const { signal } = closing
  const list = async (): Promise<string> => {
    const { body } = await transport.request({
      method: 'GET',
      path,
      query: { labelSelector },
      headers: headersFor('PartialObjectMetadataList'),
      signal,
    })
    // Border: the API server answers a list here.
    const { metadata, ...list } = body as unknown as ToldList
    const items = list.items ?? []
    const there = new Set(items.map(item => item.metadata.name))
    for (const name of all.keys()) if (!there.has(name)) take({ metadata: { name } }, true)
    for (const item of items) take(item, false)
    return metadata.resourceVersion
  }
  /** Until the server ends it, as it may at any time. */
  const watch = async (resourceVersion: string): Promise<void> => {
    const query = { labelSelector, resourceVersion, watch: 'true' }
    await using stream = await transport.watch({ method: 'GET', path, query, headers: headersFor('PartialObjectMetadata'), signal })
    for (let event = await stream.next(); event !== undefined; event = await stream.next()) {
      // Border: the API server answers metadata here.
      take(event.object as unknown as Told, event.type === 'DELETED')
      for (const look of waiting) look()
    }
  }
  const follow = async (): Promise<void> => {
    for (;;) {
      await watch(await list())
      for (const look of waiting) look()
    }
  }
  let broken: Error | undefined
  const followed = follow().catch((error: unknown) => {
    if (signal.aborted) return
    broken = new Error('the watch of the nodes broke', { cause: error })
    for (const look of waiting) look()
  })
  return {
    counts,
    until: (isTrue, until) =>
      new Promise<void>((resolve, reject) => {
        const look = (): void => {
          const late = (): Error => new Error(`not reached: ${counts.running()} of ${counts.total} nodes run`, { cause: until.reason })
          const problem = broken ?? (until.aborted ? late() : undefined)
          if (problem === undefined && !isTrue(counts)) return
          waiting.delete(look)
          until.removeEventListener('abort', look)
          if (problem === undefined) resolve()
          else reject(problem)
        }
        waiting.add(look)
        until.addEventListener('abort', look)
        look()
      }),
    async [Symbol.asyncDispose]() {
      closing.abort()
      await followed
    },
  }
}
