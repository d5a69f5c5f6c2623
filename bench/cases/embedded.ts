import { type Node, Nodes, pathOf } from '@kube-node/core/api'
import { type Client, createClient } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '@kube-node/testing/server'

/** What the embedded API server costs: one process, one core. */
export interface EmbeddedResult {
  readonly startMs: number
  /** The first of the process, which loads the code. */
  readonly firstStartMs: number
  readonly objects: number
  readonly createsPerSecond: number
  readonly statusPatchesPerSecond: number
  readonly listAllMs: number
  /** Events that watchers have taken, all of them together, while one client wrote. */
  readonly watchEventsPerSecond: number
  /** Of the heap. Absent when the process runs without --expose-gc. */
  readonly bytesPerObject?: number
}

const objects = 20_000
const writes = 20_000
const watchers = 100
const watchedWrites = 1_000
/** Requests under way at once, as a busy controller has them. */
const width = 64

const runtime = systemRuntime()
const { clock } = runtime

const timed = async (work: () => Promise<void>): Promise<number> => {
  const began = clock.monotonic()
  await work()
  return clock.monotonic() - began
}

const each = async (count: number, one: (i: number) => Promise<unknown>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const perSecond = (count: number, ms: number): number => Math.round((count / ms) * 1_000)

const name = (i: number): string => `node-${i % objects}`
const node = (i: number): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: name(i), labels: { zone: `z${i % 3}` } } })

const postStatus = (client: Client, i: number): Promise<Node> => {
  const conditions = [{ type: 'Ready', status: i % 2 ? 'True' : 'False' }]
  return client.patch(Nodes, { name: name(i) }, { strategic: { status: { conditions } } }, { subresource: 'status' })
}

const startTimes = async (): Promise<readonly number[]> => {
  const times: number[] = []
  for (let i = 0; i < 11; i++) {
    const began = clock.monotonic()
    await using server = createApiServer({ runtime })
    await createClient({ transport: server.transport(), clock }).get(Nodes, { name: 'none' })
    times.push(clock.monotonic() - began)
  }
  return times
}

export const embeddedCase = async (): Promise<EmbeddedResult> => {
  const starts = await startTimes()
  await using server = createApiServer({ runtime })
  const transport = server.transport()
  const client = createClient({ transport, clock })
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const createMs = await timed(() => each(objects, i => client.create(Nodes, node(i))))
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed - before
  const statusMs = await timed(() => each(writes, i => postStatus(client, i)))
  const listMs = await timed(async () => {
    for await (const page of client.pages(Nodes)) void page
  })

  const closing = new AbortController()
  const version = (await client.get(Nodes, { name: name(0) }))?.metadata?.resourceVersion ?? ''
  const query = { watch: 'true', resourceVersion: version }
  const watch = { method: 'GET', path: pathOf(Nodes), query, signal: closing.signal } as const
  const streams = await Promise.all(Array.from({ length: watchers }, () => transport.watch(watch)))
  const watchMs = await timed(async () => {
    const reading = streams.map(async stream => {
      for (let taken = 0; taken < watchedWrites; taken++) await stream.next()
    })
    await each(watchedWrites, i => postStatus(client, i))
    await Promise.all(reading)
  })
  await Promise.all(streams.map(stream => stream[Symbol.asyncDispose]()))
  closing.abort()

  return {
    startMs: Number(median(starts).toFixed(1)),
    firstStartMs: Number((starts[0] ?? 0).toFixed(1)),
    objects,
    createsPerSecond: perSecond(objects, createMs),
    statusPatchesPerSecond: perSecond(writes, statusMs),
    listAllMs: Math.round(listMs),
    watchEventsPerSecond: perSecond(watchers * watchedWrites, watchMs),
    ...(globalThis.gc && { bytesPerObject: Math.round(heap / objects) }),
  }
}
