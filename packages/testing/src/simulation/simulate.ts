import { CustomResourceDefinitions, Namespaces, NodeClasses, NodeSets, Nodes, Secrets, crds, nameOf } from '@kube-node/core/api'
import { type KubeTransport, createClient } from '@kube-node/core/kube'
import type { Log } from '@kube-node/core/runtime'
import { simulatedCloud, simulatedKubelets, simulatedNodeLifecycle } from '../cloud/index.ts'
import { type RequestRecord, createApiServer } from '../server/index.ts'
import { chanceOf } from './chance.ts'
import { convergenceMs, endFaults, helpOut, isRestless, quietMs, restless, unconverged } from './convergence.ts'
import { claimNamed, credential, goodClass, rotatedCredential, secretName, setNamed, systemNamespace } from './estate.ts'
import { play } from './incidents.ts'
import { type Invariant, type Violation, watches } from './invariants/index.ts'
import { kubePort } from './kubePort.ts'
import { createLife } from './life.ts'
import { startManagers } from './managers.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import type { Stage } from './stage.ts'
import { followTruth } from './truth.ts'
import { type Weather, calm } from './weather.ts'
import { startWorkload } from './workload.ts'
import { type World, createWorld } from './world.ts'

export interface SimulateOptions {
  /** A whole number: the same seed gives the same history, byte for byte. */
  readonly seed: number
  /** How many minutes of cluster time things go wrong; then all faults end. Default 20. */
  readonly minutes?: number
  /** Another scenario than the seed's: to leave parts of a story out. */
  readonly scenario?: Scenario
  /** Log lines of the managers become part of the story. */
  readonly verbose?: boolean
}

export interface SimulationResult {
  readonly seed: number
  /** SHA-256 of the history, in hex. */
  readonly digest: string
  /** Undefined when all held and the cluster converged. */
  readonly violation: Violation | undefined
  /** What happened, for people. */
  readonly story: readonly string[]
  /** Milliseconds of the cluster's life. */
  readonly clusterMs: number
  /** Events that were ordered. */
  readonly steps: number
  readonly scenario: Scenario
}

/** Lives through a cluster's history with faults, and checks from outside what must hold, at each of its steps. */
export const simulate = async (options: SimulateOptions): Promise<SimulationResult> => {
  const scenario = options.scenario ?? scenarioOf(options.seed, options.minutes)
  const world = createWorld(scenario.seed)
  let violation: Violation | undefined
  const report = (invariant: number, words: string): void => {
    if (violation) return
    violation = { invariant, words }
    world.tell(`! invariant ${invariant} is violated: ${words}`)
  }

  const result = (): SimulationResult => ({
    seed: scenario.seed,
    digest: world.digest(),
    violation,
    story: world.story,
    clusterMs: world.now,
    steps: world.steps,
    scenario,
  })

  const invariants: Invariant[] = []
  const { stage, end } = await setUp(world, scenario, invariants, options.verbose ?? false)
  for (const watch of watches) invariants.push(watch(stage, report))
  narrate(stage)
  tickEvery(world, 10_000, () => {
    for (const invariant of invariants) invariant.tick?.()
  })

  let failure: unknown
  for (const incident of scenario.incidents) {
    world.at(incident.at, `incident ${incident.kind} at ${incident.at}`, () => {
      play(stage, incident).catch((error: unknown) => {
        failure ??= error
      })
    })
  }

  const going = (): boolean => violation === undefined && failure === undefined
  const runUntil = async (time: number, done: () => boolean = () => false): Promise<boolean> => {
    while (going() && world.now < time && !done()) if (!(await world.step())) throw new Error('nothing is left to happen in this world')
    return done()
  }

  await runUntil(scenario.chaosMs)
  if (going()) {
    await awaiting(world, endFaults(stage))
    await converge(stage, going, runUntil, report)
  }
  if (failure !== undefined) throw new Error(`seed ${scenario.seed}: the simulation itself failed`, { cause: failure })
  await end()
  return result()
}

const converge = async (
  stage: Stage,
  going: () => boolean,
  runUntil: (time: number, done?: () => boolean) => Promise<boolean>,
  report: (invariant: number, words: string) => void,
): Promise<void> => {
  const { world, server } = stage
  const deadline = world.now + convergenceMs
  let helpAt = world.now + 5 * 60_000
  let sight: { readonly steps: number; readonly problem: string | undefined } = { steps: -1_000, problem: 'not looked yet' }
  const problem = (): string | undefined => {
    if (world.steps - sight.steps >= 50) sight = { steps: world.steps, problem: unconverged(stage) }
    return sight.problem
  }
  let settled = false
  while (!settled && going() && world.now < deadline) {
    settled = await runUntil(Math.min(helpAt, deadline), () => problem() === undefined)
    if (!settled && world.now >= helpAt) {
      await helpOut(stage)
      helpAt += 60_000
    }
  }
  if (!going()) return
  if (!settled)
    return report(
      10,
      `${convergenceMs / 60_000} minutes after the last fault the cluster is not what was asked for: ${unconverged(stage) ?? ''}`,
    )
  world.tell('* the cluster is what was asked for')
  // Statuses are still written, and events that waited.
  await runUntil(world.now + 6 * 60_000)
  const writes: RequestRecord[] = []
  const stop = server.onRequest(record => {
    if (isRestless(record)) writes.push(record)
  })
  await runUntil(world.now + quietMs)
  stop()
  const [first] = writes
  if (first)
    report(
      10,
      `a cluster that is what was asked for is still written to, ${writes.length} times in ${quietMs / 60_000} minutes: ${restless(first)}`,
    )
  const after = unconverged(stage)
  if (after !== undefined) report(10, `the cluster was what was asked for, and then no more: ${after}`)
}

/** Lets the world go on until a promise has settled. */
const awaiting = async <T>(world: World, work: Promise<T>): Promise<T> => {
  let over = false
  const settle = (): void => {
    over = true
  }
  work.then(settle, settle)
  for (await world.settle(); !over; ) {
    if (!(await world.step())) throw new Error('nothing is left to happen, and something is still waited for')
  }
  return work
}

const tickEvery = (world: World, ms: number, tick: () => void): void => {
  let n = 0
  const again = (): void => {
    tick()
    world.at(ms, `tick ${n++}`, again)
  }
  world.at(ms, 'first tick', again)
}

const setUp = async (
  world: World,
  scenario: Scenario,
  invariants: readonly Invariant[],
  verbose: boolean,
): Promise<{ readonly stage: Stage; readonly end: () => Promise<void> }> => {
  const { runtime } = world
  const weather: Weather = {
    api: calm,
    cloud: calm,
    cutFromApi: new Map(),
    cutFromCloud: new Map(),
    silent: new Map(),
    longestMs: 15_000,
  }
  const server = createApiServer({ runtime })
  const cloud = simulatedCloud({
    runtime,
    bootTime: ['3s', '30s'],
    stopTime: '3s',
    goneVisible: '30s',
    listDelay: `${scenario.listDelayMs}ms`,
    tokens: { [credential]: 'main', [rotatedCredential]: 'main' },
  })
  const ended = new AbortController()
  const others = createLife({ world, weather: { ...weather, cutFromApi: new Map() }, name: 'kubelets', slot: -1, skewMs: 0 })
  const transport: KubeTransport = kubePort({ world, weather: { ...weather, silent: new Map() }, life: others, inner: server.transport() })
  const kubelets = simulatedKubelets({ cloud, transport, runtime, joinDelay: '2s', readyDelay: '3s', heartbeat: '20s' })
  const lifecycle = simulatedNodeLifecycle({ transport, runtime, gracePeriod: '60s' })
  const client = createClient({ transport: server.transport(), clock: runtime.clock })

  await awaiting(
    world,
    (async () => {
      await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: systemNamespace } })
      for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
      const data = { token: Buffer.from(credential).toString('base64') }
      await client.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName, namespace: systemNamespace }, data })
      await client.create(NodeClasses, goodClass)
    })(),
  )
  const truth = followTruth(world, server.transport())
  const running = [kubelets.run(ended.signal), lifecycle.run(ended.signal)]
  const managers = startManagers({
    world,
    weather,
    scenario,
    server,
    cloud,
    watcher: {
      issued: (life, request) => {
        for (const invariant of invariants) invariant.issued?.(life, request)
      },
      applied: (life, request, ghost) => {
        for (const invariant of invariants) invariant.applied?.(life, request, ghost)
      },
      settled: (life, request) => {
        for (const invariant of invariants) invariant.settled?.(life, request)
      },
    },
    onCall: (life, operation) => {
      for (const invariant of invariants) invariant.called?.(life, operation)
    },
    log:
      (life): Log =>
      (level, message, fields) => {
        const line = `${life.name} ${level} ${message} ${JSON.stringify(fields ?? {})}`
        for (const invariant of invariants) invariant.logged?.(line)
        if (verbose) world.tell(line)
      },
  })
  const stage: Stage = {
    world,
    scenario,
    weather,
    server,
    cloud,
    kubelets,
    truth,
    managers,
    client,
    lies: { until: -Infinity, recorded: 0 },
    forced: new Set(),
  }
  await awaiting(
    world,
    (async () => {
      await startWorkload({
        world,
        truth,
        client,
        transport: server.transport(),
        chance: chanceOf(scenario.seed, 'workload'),
        pods: scenario.pods,
        minAvailable: scenario.minAvailable,
      })
      for (let i = 0; i < scenario.claims; i++) await client.create(Nodes, claimNamed(`claim-${i}`))
      for (const [i, { replicas, maxSurge }] of scenario.sets.entries())
        await client.create(NodeSets, setNamed(`set-${i}`, replicas, maxSurge))
    })(),
  )
  weather.api = scenario.api
  weather.cloud = scenario.cloud
  return {
    stage,
    end: async () => {
      for (let slot = 0; slot < managers.slots; slot++) managers.life(slot)?.kill()
      ended.abort(new Error('the simulation is over'))
      // What they wait for is in a world that goes on no more.
      for (const each of running) each.catch((error: unknown) => world.note(String(error)))
      await cloud[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** What changes for good becomes part of the story. */
const narrate = ({ world, cloud, truth }: Stage): void => {
  for (const state of ['starting', 'running', 'stopping', 'stopped', 'gone'] as const) {
    cloud.on(state, ({ id, owner }) =>
      world.tell(
        `machine ${id} ${state}${owner ? ` (${owner.nodeName}, attempt ${owner.attempt}, ${owner.claim.slice(0, 8)})` : ' (foreign)'}`,
      ),
    )
  }
  truth.nodes.on(({ now, old }) => {
    const node = now ?? old
    const uid = node?.metadata?.uid?.slice(0, 8) ?? ''
    if (!node) return
    const phase = node.metadata?.annotations?.['kube-node.dev/phase'] ?? 'Pending'
    if (!now) return world.tell(`node ${nameOf(node)} (${uid}) is gone`)
    if (old?.metadata?.uid !== now.metadata?.uid) return world.tell(`node ${nameOf(node)} (${uid}) is there`)
    if (old?.metadata?.deletionTimestamp === undefined && now.metadata?.deletionTimestamp !== undefined)
      world.tell(`node ${nameOf(node)} (${uid}) is to be deleted`)
    if (old?.metadata?.annotations?.['kube-node.dev/phase'] !== phase) world.tell(`node ${nameOf(node)} (${uid}) is ${phase}`)
  })
}
