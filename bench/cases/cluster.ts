import { setTimeout as sleep } from 'node:timers/promises'
import { type Processors, usedSince } from '../measure/process.ts'
import { type NodeCounts, type NodeWatch, watchNodes } from '../stage/nodes.ts'
import { type Stage, startStage } from '../stage/stage.ts'
import { type Phase, measured } from './phase.ts'
import { type Rest, atRest } from './rest.ts'
import { type Restart, restarted } from './restart.ts'

export interface Raw {
  readonly upSeconds: number
  readonly downSeconds: number
  /** CPU seconds of the control plane, up and down together. */
  readonly others: Processors
}

/** One control plane, one set, N nodes: up, replaced, and down to nothing. */
export interface ClusterResult {
  readonly n: number
  readonly raw: Raw
  readonly up: Phase
  readonly roll: Phase
  readonly down: Phase
  /** Of the heap, a node, when all run: above what it was without any. */
  readonly bytesPerNode: number
  readonly rest?: Rest
  readonly restart?: Restart
}

export interface ClusterOptions {
  readonly n: number
  /** Also a minute at rest, and a restart of the controller. */
  readonly long: boolean
  /** Seconds to look at the cluster at rest. */
  readonly restSeconds: number
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

const manifest = (image: string): string =>
  JSON.stringify({
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'bench' },
    spec: { provider: 'simulated', config: { region: 'local', image } },
  })

const set = JSON.stringify({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: { name: 'bench' },
  spec: { replicas: 0, nodeClassName: 'bench', strategy: { rollingUpdate: { maxSurge: '10%', maxUnavailable: 0 } } },
})

/** A set as wide as it shall be, all of it running, and nothing else. */
const all =
  (n: number, isRight: (counts: NodeCounts) => boolean = () => true) =>
  (counts: NodeCounts): boolean =>
    counts.total === n && counts.running() === n && isRight(counts)

export const scaleTo = async (stage: Stage, nodes: NodeWatch, n: number, signal: AbortSignal): Promise<void> => {
  await stage.kubectl(['scale', 'nodeset', 'bench', `--replicas=${n}`])
  await nodes.until(all(n), signal)
}

const lookEveryMs = 500
/** The garbage collector looks for new kinds every 30 s. */
const longestMs = 90_000

/** Until it watches NodeSets it asks for the owner of each Node that comes, as it does in no cluster that is older. @throws after 90 s. */
const untilOwnersAreKnown = async (stage: Stage): Promise<void> => {
  const until = performance.now() + longestMs
  while (!(await stage.requests()).has('kube-controller-manager watch nodesets')) {
    if (performance.now() > until) throw new Error('the garbage collector does not watch NodeSets')
    await sleep(lookEveryMs)
  }
}

const assertGone = async (stage: Stage): Promise<void> => {
  const { living, doubles } = await stage.machines()
  if (living > 0) throw new Error(`${living} machines are left`)
  if (doubles > 0) throw new Error(`${doubles} times a claim had two machines`)
}

/** That each controller led from its start to its end: one that loses its Lease stops working, and begins again half a minute later. */
const assertLed = async (stage: Stage, controllers: number): Promise<void> => {
  const transitions = ['get', 'lease', 'kube-node', '-n', 'kube-node-system', '-o', 'jsonpath={.spec.leaseTransitions}']
  const losses = Number(await stage.kubectl(transitions)) - (controllers - 1)
  if (losses > 0) throw new Error(`a controller lost its Lease ${losses} times`)
}

/** @throws Error when machines are left, a claim ever had two, or a controller lost its Lease. */
export const clusterCase = async ({ n, long, restSeconds, signal, say }: ClusterOptions): Promise<ClusterResult> => {
  await using stage = await startStage()
  const before = await stage.processors()
  // Border: our own program prints it.
  const timed = JSON.parse(await stage.program('raw', [String(n)])) as Omit<Raw, 'others'>
  const raw: Raw = { ...timed, others: usedSince(before, await stage.processors()) }
  say(`${n} nodes, raw: up ${raw.upSeconds.toFixed(1)} s, down ${raw.downSeconds.toFixed(1)} s`)

  let controller = await stage.startController()
  await stage.kubectl(['apply', '-f', '-'], manifest('debian-13'))
  await stage.kubectl(['apply', '-f', '-'], set)
  await stage.kubectl(['wait', 'nodeset/bench', '--for=jsonpath={.status.observedGeneration}=1', '--timeout=30s'])
  await untilOwnersAreKnown(stage)
  await using nodes = watchNodes(stage.transport)
  // As kubelets beat, but seldom enough that what is measured is the work of the controller.
  await stage.heartbeat(30)
  const { heapBytes: empty } = await controller.inside()

  const up = await measured(stage, controller, () => scaleTo(stage, nodes, n, signal))
  say(`${n} nodes up: ${up.seconds.toFixed(1)} s`)
  const { heapBytes: full } = await controller.inside()
  const rest = long ? await atRest(stage, controller, restSeconds) : undefined
  let restart: Restart | undefined
  if (long) {
    const again = await restarted(stage, controller, nodes, n, signal)
    controller = again.controller
    restart = again.restart
  }
  const size = nodes.counts.total

  const [old = ''] = nodes.counts.revisions()
  const roll = await measured(stage, controller, async () => {
    await stage.kubectl(['apply', '-f', '-'], manifest('debian-14'))
    await nodes.until(
      all(size, ({ running }) => running(old) === 0),
      signal,
    )
  })
  say(`${n} nodes replaced: ${roll.seconds.toFixed(1)} s`)
  const down = await measured(stage, controller, () => scaleTo(stage, nodes, 0, signal))
  await assertGone(stage)
  await assertLed(stage, long ? 2 : 1)
  say(`${n} nodes down: ${down.seconds.toFixed(1)} s`)
  await controller.stop()
  return {
    n,
    raw,
    up,
    roll,
    down,
    bytesPerNode: (full - empty) / n,
    ...(rest && { rest }),
    ...(restart && { restart }),
  }
}
