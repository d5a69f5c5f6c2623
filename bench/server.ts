// What the embedded API server costs: its start, its writes, and the memory of many objects. One process, one core.
import { type Node, Nodes } from '@kube-node/core/api'
import { createClient } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '@kube-node/testing/server'

const runtime = systemRuntime()
const { clock } = runtime
const objects = 20_000
const writes = 20_000
/** Requests under way at once, as a busy controller has them. */
const width = 64

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

const starts: number[] = []
for (let i = 0; i < 11; i++) {
  const began = clock.monotonic()
  await using server = createApiServer({ runtime })
  await createClient({ transport: server.transport(), clock }).get(Nodes, { name: 'none' })
  starts.push(clock.monotonic() - began)
}

await using server = createApiServer({ runtime })
const client = createClient({ transport: server.transport(), clock })
const name = (i: number): string => `node-${i % objects}`
const node = (i: number): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: name(i), labels: { zone: `z${i % 3}` } } })

globalThis.gc?.()
const before = process.memoryUsage().heapUsed
const createMs = await timed(() => each(objects, i => client.create(Nodes, node(i))))
globalThis.gc?.()
const heap = process.memoryUsage().heapUsed - before
const statusMs = await timed(() =>
  each(writes, i =>
    client.patch(
      Nodes,
      { name: name(i) },
      { strategic: { status: { conditions: [{ type: 'Ready', status: i % 2 ? 'True' : 'False' }] } } },
      { subresource: 'status' },
    ),
  ),
)
const listMs = await timed(async () => {
  for await (const page of client.pages(Nodes)) void page
})

const perSecond = (count: number, ms: number): number => Math.round((count / ms) * 1_000)
const figures = {
  startMs: Number(median(starts).toFixed(1)),
  firstStartMs: Number((starts[0] ?? 0).toFixed(1)),
  objects,
  createsPerSecond: perSecond(objects, createMs),
  statusPatchesPerSecond: perSecond(writes, statusMs),
  listAllMs: Math.round(listMs),
  bytesPerObject: globalThis.gc ? Math.round(heap / objects) : undefined,
}
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`)
