import { CustomResourceDefinitions, Namespaces, NodeClasses, NodeSets, Nodes, Secrets, crds } from '@kube-node/core/api'
import { createClient } from '@kube-node/core/kube'
import type { Log } from '@kube-node/core/runtime'
import { simulatedCloud, simulatedKubelets, simulatedNodeLifecycle } from '../cloud/index.ts'
import { createApiServer } from '../server/index.ts'
import { chanceOf } from './chance.ts'
import { claimNamed, credential, goodClass, rotatedCredential, secretName, setNamed, systemNamespace } from './estate.ts'
import type { Invariant } from './invariants/index.ts'
import { kubePort } from './kubePort.ts'
import { createLife } from './life.ts'
import { startManagers } from './managers.ts'
import { followRestores, hearAnswer, nodesPath, versionOf } from './restores.ts'
import type { Scenario } from './scenario.ts'
import { followSight } from './sight.ts'
import type { Stage } from './stage.ts'
import { followTruth } from './truth.ts'
import { type Weather, calm } from './weather.ts'
import { startWorkload } from './workload.ts'
import { type World, awaiting } from './world.ts'

/** The parts of a simulated cluster, put together and at work; and how to end them. */
export const setUp = async (
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
    apiOutage: { until: -Infinity },
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
  const transport = kubePort({ world, weather: { ...weather, silent: new Map() }, life: others, inner: server.transport() })
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
  const sight = followSight(() => world.now)
  const restores = followRestores(server, () => world.now, sight.heard)
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
      answered: (life, request, response, givenAt) => hearAnswer(restores, life, request, response, givenAt),
      heard: (life, request, event) => {
        if (request.path === nodesPath) restores.heard(life, versionOf(event.object))
      },
    },
    sight,
    onCall: (life, operation, machine) => {
      for (const invariant of invariants) invariant.called?.(life, operation, machine)
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
    restores,
    sight,
    backups: new Map(),
    breakComponents: () => transport.breakWatches('error'),
    managers,
    client,
    lies: { until: -Infinity, recorded: 0 },
    foreign: new Map(),
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
