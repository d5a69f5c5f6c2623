import { createKubeNode } from '@kube-node/core'
import { type Event, Events, type Node, type NodeClass, NodeClasses, NodeSets, Nodes, annotations, labels } from '@kube-node/core/api'
import type { Interruption, MachineProvider } from '@kube-node/core/provider'
import { TransportError } from '@kube-node/core/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { simulatedNodeLifecycle } from '../cloud/index.ts'
import { type TestCluster, createTestCluster } from './index.ts'

/** What the cloud has announced and nobody has acknowledged, as a queue keeps it. */
interface Queue {
  readonly waiting: Interruption[]
  /** Of the Node that it was written on, when it was acknowledged. */
  readonly acknowledged: Interruption[]
  broken: boolean
}

let cluster: TestCluster
let queue: Queue

/** The simulated cloud, with a queue beside it that is looked into every second. */
const announcing = (provider: MachineProvider): MachineProvider => ({
  ...provider,
  definition: {
    ...provider.definition,
    connect: context => ({
      ...provider.definition.connect(context),
      async *interruptions({ clock, signal }) {
        for (;;) {
          await clock.sleep(1_000, signal)
          if (queue.broken) throw new Error('the queue does not exist')
          for (const one of [...queue.waiting]) {
            yield one
            queue.acknowledged.push(one)
            queue.waiting.splice(queue.waiting.indexOf(one), 1)
          }
        }
      },
    }),
  },
})

/** Nothing that is written reaches the API server. */
let isCut = false

const start = (signal?: AbortSignal): Promise<void> => {
  const { runtime } = cluster
  const transport = cluster.transport()
  const provider = announcing(cluster.cloud.provider())
  const kubeNode = createKubeNode({
    cluster: {
      ...transport,
      request: async request => {
        if (isCut && request.method === 'PATCH' && request.path.startsWith('/api/v1/nodes/'))
          throw new TransportError('the line is cut', { cause: undefined })
        return transport.request(request)
      },
    },
    runtime,
    log: () => {},
    providers: [provider],
  })
  if (signal) return kubeNode.run({ signal })
  cluster.start(kubeNode)
  return Promise.resolve()
}

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' }, timeouts: { drain: '10m' } },
}

beforeEach(async () => {
  queue = { waiting: [], acknowledged: [], broken: false }
  cluster = await createTestCluster({ cloud: { bootTime: '20s' } })
  const { runtime, server } = cluster
  const lifecycle = simulatedNodeLifecycle({ transport: server.transport(), runtime })
  cluster.start({ run: ({ signal }) => lifecycle.run(signal) })
  await cluster.create(NodeClasses, small)
})
afterEach(() => cluster[Symbol.asyncDispose]())

// What the server stores of this kind: the cast at the border.
const nodes = (): readonly Node[] => cluster.server.store.list(Nodes) as unknown as readonly Node[]
const running = (): readonly Node[] =>
  nodes().filter(({ metadata }) => metadata?.annotations?.[annotations.phase] === 'Running' && metadata.deletionTimestamp === undefined)
const isThere = (node: Node | undefined): boolean => nodes().some(({ metadata }) => metadata?.uid === node?.metadata?.uid)
const machineOf = (node: Node | undefined): string =>
  cluster.cloud.machines().find(({ owner, state }) => owner?.claim === node?.metadata?.uid && state !== 'gone')?.id ?? ''
const events = async (): Promise<readonly Event[]> => {
  const all: Event[] = []
  for await (const page of cluster.client.pages(Events)) all.push(...page)
  return all
}
const inMs = (ms: number): string => new Date(cluster.runtime.clock.now() + ms).toISOString()

const workers = async (): Promise<void> => {
  await cluster.create(NodeSets, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeSet',
    metadata: { name: 'workers' },
    spec: { replicas: 3, nodeClassName: 'small' },
  })
  await cluster.until('all run', () => running().length === 3)
}

describe('a machine of a set', () => {
  it('that goes in two minutes is cordoned and drained at once, and its successor is made meanwhile', async () => {
    await start()
    await workers()
    const [leaving] = running()
    const id = machineOf(leaving)
    queue.waiting.push({ id, reason: 'a spot interruption', at: inMs(120_000) })
    await cluster.until(
      'it is cordoned',
      () => nodes().some(({ metadata, spec }) => metadata?.uid === leaving?.metadata?.uid && spec?.unschedulable === true),
      5_000,
    )
    await cluster.until('it is gone, in time', () => !isThere(leaving), 110_000)
    await cluster.until('three run', () => running().length === 3)
    expect(cluster.cloud.machine(id)?.state).not.toBe('running')
    expect(nodes()).toHaveLength(3)
    expect(queue.acknowledged).toHaveLength(1)
  })

  it('of which the cloud only advises goes when its successor serves', async () => {
    await start()
    await workers()
    const [leaving] = running()
    queue.waiting.push({ id: machineOf(leaving), reason: 'a recommendation to replace it' })
    await cluster.until('there is one more', () => nodes().length === 4)
    expect(isThere(leaving)).toBe(true)
    while (isThere(leaving)) {
      expect(
        nodes().filter(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')).length,
      ).toBeGreaterThanOrEqual(3)
      await cluster.runtime.advance(1_000)
    }
    await cluster.until('three run', () => running().length === 3 && nodes().length === 3)
  })

  it('that somebody terminated is missed at once, not with the next list of a mirror at rest', async () => {
    await start()
    await workers()
    await cluster.runtime.advance(120_000)
    const [lost] = running()
    const id = machineOf(lost)
    cluster.cloud.kill(id)
    queue.waiting.push({ id, reason: 'its state is terminated', kind: 'change' })
    await cluster.until('its Node is gone', () => !isThere(lost), 15_000)
    expect(cluster.cloud.machine(id)?.state).toBe('gone')
  })
})

describe('a claim of its own', () => {
  const claim = async (): Promise<Node> => {
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'alone', labels: { [labels.class]: 'small' } } })
    await cluster.until('it runs', () => running().length === 1)
    return running()[0] ?? {}
  }

  it('stays until no more than the time to drain is left, and ends then', async () => {
    await start()
    const alone = await claim()
    queue.waiting.push({ id: machineOf(alone), reason: 'a retirement', at: inMs(3_600_000) })
    await cluster.runtime.advance(2_900_000)
    expect(nodes()[0]?.metadata?.deletionTimestamp).toBeUndefined()
    await cluster.until('it is gone', () => nodes().length === 0, 200_000)
  })

  it('stays when the cloud only advises', async () => {
    await start()
    const alone = await claim()
    queue.waiting.push({ id: machineOf(alone), reason: 'a recommendation to replace it' })
    await cluster.runtime.advance(7_200_000)
    expect(running()).toHaveLength(1)
    expect(queue.acknowledged).toHaveLength(1)
  })
})

describe('what is announced', () => {
  it('is acknowledged when it stands on the Node, and waits for an API server that is away', async () => {
    await start()
    await workers()
    const [advised] = running()
    isCut = true
    queue.waiting.push({ id: machineOf(advised), reason: 'a recommendation to replace it' })
    await cluster.runtime.advance(10_000)
    expect(queue.acknowledged).toEqual([])
    isCut = false
    await cluster.until('it is acknowledged', () => queue.acknowledged.length === 1, 120_000)
  })

  it('keeps no controller from stopping', async () => {
    const stop = new AbortController()
    const running = start(stop.signal)
    await workers()
    const since = cluster.runtime.clock.now()
    stop.abort()
    await cluster.lasting(running)
    expect(cluster.runtime.clock.now() - since).toBeLessThan(5_000)
  })

  it('of the machine of somebody else concerns nobody', async () => {
    await start()
    await workers()
    queue.waiting.push({ id: cluster.cloud.createForeign({ region: 'r1' }).id, reason: 'a spot interruption', at: inMs(0) })
    queue.waiting.push({ id: 'i-nobody', reason: 'a spot interruption', at: inMs(0) })
    await cluster.until('both are acknowledged', () => queue.acknowledged.length === 2, 30_000)
    await cluster.runtime.advance(120_000)
    expect(running()).toHaveLength(3)
  })

  it("can't be heard: the classes say so, and machines are made and stay", async () => {
    queue.broken = true
    await start()
    await workers()
    await cluster.runtime.advance(300_000)
    expect(running()).toHaveLength(3)
    const told = (await events()).filter(({ reason }) => reason === 'InterruptionsUnheard')
    expect(told).toHaveLength(1)
    queue.broken = false
    const [leaving] = running()
    queue.waiting.push({ id: machineOf(leaving), reason: 'a spot interruption', at: inMs(120_000) })
    await cluster.until('it is gone', () => !isThere(leaving), 110_000)
  })
})
