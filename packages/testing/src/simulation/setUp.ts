import {
  ConfigMaps,
  CustomResourceDefinitions,
  Namespaces,
  NodeClasses,
  NodeSets,
  Nodes,
  Secrets,
  crds,
  defaultController,
} from '@kube-node/core/api'
import { createClient } from '@kube-node/core/kube'
import type { Log } from '@kube-node/core/runtime'
import { type SimulatedKubelets, type SimulatedMachine, simulatedCloud, simulatedKubelets, simulatedNodeLifecycle } from '../cloud/index.ts'
import { createApiServer } from '../server/index.ts'
import { followAccounts } from './accounts.ts'
import { chanceOf } from './chance.ts'
import { accountsOf, classOf, claimNamed, clusterUid, credential, motdSaying, secretWith, setNamed, systemNamespace } from './estate.ts'
import { followFreezes } from './freezes.ts'
import { keepGroupBooks } from './groups/books.ts'
import { makeGroupSets } from './groups/setUp.ts'
import type { Invariant } from './invariants/index.ts'
import { createJoining } from './joining.ts'
import { releaseImages } from './images.ts'
import { kubePort } from './kubePort.ts'
import { createLife } from './life.ts'
import { startManagers } from './managers.ts'
import { type OldNodes, makeOldNodes } from './oldNodes.ts'
import { followRestores, hearAnswer, nodesPath, versionOf } from './restores.ts'
import type { Scenario } from './scenario.ts'
import { followSight } from './sight.ts'
import type { Stage } from './stage.ts'
import { followTruth } from './truth.ts'
import { type Weather, calm } from './weather.ts'
import { cleanTokens } from './tokenCleaner.ts'
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
  // With a list of tokens, bootstrap tokens count as well.
  const server = createApiServer({ runtime, tokens: {} })
  const cloud = simulatedCloud({
    runtime,
    bootTime: ['3s', '30s'],
    nodeNames: scenario.nodeNames,
    stopTime: '3s',
    goneVisible: '30s',
    listDelay: `${scenario.listDelayMs}ms`,
    tokens: accountsOf,
    ...(scenario.groups && { groups: { lag: `${scenario.groups.lagMs}ms`, busyFor: `${scenario.groups.busyMs}ms` } }),
  })
  const ended = new AbortController()
  const others = createLife({ world, weather: { ...weather, cutFromApi: new Map() }, name: 'kubelets', slot: -1, skewMs: 0 })
  const fair: Weather = { ...weather, cutFromApi: new Map(), silent: new Map() }
  const rough: Weather = {
    ...fair,
    get api() {
      return weather.api
    },
  }
  const transport = kubePort({ world, weather: fair, life: others, inner: server.transport() })
  const old: OldNodes = new Map()
  const joining = createJoining({
    world,
    cloud,
    open: transport,
    awaitsSteps: ({ id, owner, group }) =>
      scenario.provisioning.delivery === 'steps' &&
      scenario.bootstrap !== 'none' &&
      owner?.cluster === clusterUid(server) &&
      owner.controller === defaultController &&
      !group &&
      !old.has(id),
    restart(id) {
      kubelets.stop(id)
      kubelets.start(id)
    },
    way: (identity, sort) =>
      kubePort({ world, weather: sort === 'joining' ? rough : fair, life: others, inner: server.transport(identity) }),
  })
  const { joinAs } = joining
  const cluster = clusterUid(server)
  const hostname = ({ id, owner, group, nodeName }: SimulatedMachine): string | undefined =>
    old.get(id) ?? (group ? nodeName : owner?.cluster === cluster ? (nodeName ?? owner.nodeName) : undefined)
  const processes = simulatedKubelets({ cloud, transport, runtime, joinAs, hostname, joinDelay: '2s', readyDelay: '3s', heartbeat: '20s' })
  const kubelets: SimulatedKubelets = {
    ...processes,
    stop(machineId) {
      joining.halt(machineId)
      processes.stop(machineId)
    },
  }
  const lifecycle = simulatedNodeLifecycle({ transport, runtime, gracePeriod: '60s' })
  const client = createClient({ transport: server.transport(), clock: runtime.clock })

  await awaiting(
    world,
    (async () => {
      await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: systemNamespace } })
      for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
      await client.create(Secrets, secretWith(credential))
      await makeOldNodes(scenario.oldNodes, cloud, client, old)
      await client.create(ConfigMaps, motdSaying('hello'))
      await client.create(NodeClasses, classOf(scenario.bootstrap, scenario.provisioning.hasFile))
    })(),
  )
  const truth = followTruth(world, server.transport())
  const accounts = followAccounts(world, truth)
  const sight = followSight(() => world.now)
  const restores = followRestores(server, () => world.now, sight.heard)
  const freezes = followFreezes(server, cloud, restores, () => world.now)
  const groups = keepGroupBooks(world, cloud, truth)
  cleanTokens(world, truth, client)
  if (scenario.floats) releaseImages(world, cloud)
  const running = [kubelets.run(ended.signal), lifecycle.run(ended.signal)]
  const calls: Stage['calls'] = new Set()
  const requests: Stage['requests'] = new Set()
  const managers = startManagers({
    world,
    weather,
    scenario,
    server,
    cloud,
    deliver: joining.deliver,
    watcher: {
      issued: (life, request) => {
        for (const invariant of invariants) invariant.issued?.(life, request)
        for (const listener of requests) listener(request)
      },
      applied: (life, request, ghost) => {
        for (const invariant of invariants) invariant.applied?.(life, request, ghost)
      },
      settled: (life, request) => {
        for (const invariant of invariants) invariant.settled?.(life, request)
      },
      answered: (life, request, response, givenAt) => {
        hearAnswer(restores, life, request, response, givenAt)
        freezes.answered(life, request, response, givenAt)
      },
      heard: (life, request, event) => {
        if (request.path === nodesPath) restores.heard(life, versionOf(event.object))
      },
    },
    sight,
    orders: {
      issued(life, order) {
        for (const invariant of invariants) invariant.ordered?.(life, order)
        const { holdUp } = groups
        if (holdUp?.fits(order) !== true) return 0
        groups.holdUp = undefined
        holdUp.strike(life)
        return holdUp.ms
      },
      obeyed(life, order) {
        for (const invariant of invariants) invariant.obeyed?.(life, order)
      },
    },
    onCall: (life, operation, machine) => {
      for (const listener of calls) listener(operation)
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
    joining,
    old,
    calls,
    requests,
    truth,
    accounts,
    restores,
    freezes,
    sight,
    groups,
    backups: new Map(),
    breakComponents: () => transport.breakWatches('error'),
    managers,
    client,
    lies: { until: -Infinity, recorded: 0 },
    foreign: new Map(),
    storage: { stuckUntil: -Infinity },
    holds: { until: -Infinity, guards: true },
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
        storage: stage.storage,
        holds: stage.holds,
      })
      for (let i = 0; i < scenario.claims; i++) await client.create(Nodes, claimNamed(`claim-${i}`))
      for (const [i, { replicas, maxSurge }] of scenario.sets.entries())
        await client.create(NodeSets, setNamed(`set-${i}`, replicas, maxSurge))
      if (scenario.groups) await makeGroupSets(stage, scenario.groups)
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
