import { type Duration, durationMs } from '@kube-node/core/runtime'
import { agenda } from '../clock/index.ts'
import { type CloudApi, type CreateMachine, type Operation, type Operations, type Reply, LostAnswer } from './api.ts'
import type { SimulatedCloud, SimulatedCloudOptions } from './cloud.types.ts'
import { estate } from './estate.ts'
import { faultState } from './faults.ts'
import { groupEstate, groupHandlers, groupProviderOf } from './groups/index.ts'
import { type MachineFacts, cloudHandlers } from './handlers.ts'
import { type SimulatedMachine, instanceTypes } from './machine.ts'
import { providerOf } from './provider.ts'
import { answerOrAbort } from './answer.ts'

type AllHandlers = {
  readonly [O in Operation]: (request: Operations[O]['request'], account: string) => Reply<Operations[O]['answer']>
}

type Range = readonly [number, number]
const range = (given: Duration | readonly [Duration, Duration] | undefined, otherwise: number): Range => {
  if (given === undefined) return [otherwise, otherwise]
  return typeof given === 'string' ? [durationMs(given), durationMs(given)] : [durationMs(given[0]), durationMs(given[1])]
}

export const simulatedCloud = (options: SimulatedCloudOptions): SimulatedCloud => {
  const { runtime, log } = options
  const bootTime = range(options.bootTime, 2_000)
  const latency = range(options.latency, 0)
  const listDelayMs = durationMs(options.listDelay ?? '0s')
  const types = { ...instanceTypes, ...options.instanceTypes }
  const plan = agenda(runtime.clock)
  const faults = faultState(runtime)
  const machines = estate({
    runtime,
    agenda: plan,
    log,
    stopMs: durationMs(options.stopTime ?? '500ms'),
    goneVisibleMs: durationMs(options.goneVisible ?? '1m'),
  })
  const calls: Record<Operation, number> = {
    create: 0,
    createMany: 0,
    list: 0,
    get: 0,
    newestImage: 0,
    whoami: 0,
    adopt: 0,
    delete: 0,
    deleteMany: 0,
    listGroups: 0,
    createGroup: 0,
    resizeGroup: 0,
    removeMembers: 0,
    updateGroup: 0,
    destroyGroup: 0,
  }
  const images = new Map<string, string>()
  const watchers = new Set<(request: CreateMachine) => void>()
  let addresses = 0
  let disposed = false

  const draw = ([from, to]: Range): number => (to > from ? Math.round(from + runtime.random() * (to - from)) : from)
  const born = (facts: MachineFacts, bootMs: number): SimulatedMachine => {
    const now = runtime.clock.now()
    const n = ++addresses
    const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
    return machines.add(
      {
        ...facts,
        id: `i-${runtime.uuid().replaceAll('-', '').slice(-12)}`,
        address,
        ...((options.nodeNames === 'cloud' || facts.group !== undefined) && {
          nodeName: `ip-${address.replaceAll('.', '-')}.${facts.region}.internal`,
        }),
        state: 'starting',
        createdAt: now,
        visibleAt: now + listDelayMs,
        boots: faults.nextBoots(),
        joins: faults.nextJoins(),
      },
      bootMs,
    )
  }
  const bootMs = (): number => draw(bootTime)
  const groups = groupEstate({ ...options.groups, runtime, agenda: plan, machines, faults, listDelayMs, born, bootMs })
  const handlers: AllHandlers = {
    ...cloudHandlers({
      types,
      quota: options.quota,
      faults,
      machines,
      images,
      asked: request => {
        for (const watch of watchers) watch(request)
      },
      born,
      bootMs,
    }),
    ...groupHandlers(groups, { types, faults, machines }),
  }

  const carryOut = <O extends Operation>(
    operation: O,
    request: Operations[O]['request'],
    credential: string | undefined,
  ): Reply<Operations[O]['answer']> => {
    const account = options.tokens ? options.tokens[credential ?? ''] : 'default'
    if (account === undefined) {
      return { refusal: { code: 'Unauthorized', message: 'the simulated cloud does not know this token', outcome: 'none' } }
    }
    return handlers[operation](request, account)
  }

  const api: CloudApi = async (operation, request, { credential, signal }) => {
    signal.throwIfAborted()
    const owner = 'owner' in request ? request.owner : undefined
    const call = { operation, ...(owner && { owner }) }
    const travel = (draw(latency) + faults.extraDelay()) / 2
    // The way to the cloud and the work there go on when the caller stops waiting, as they do in the real world.
    const executed = (async () => {
      if (travel > 0) await runtime.clock.sleep(travel)
      if (disposed || faults.isUnavailable) throw new LostAnswer('connection refused: the simulated cloud is unavailable')
      const lost = faults.lost(call)
      let reply: Reply<Operations[typeof operation]['answer']> | undefined
      if (!lost || lost.executed) {
        calls[operation]++
        const throttled = faults.throttled(call)
        reply = throttled
          ? {
              refusal: {
                code: 'RateLimited',
                message: 'too many calls to the simulated cloud',
                retryAfterMs: throttled.retryAfterMs,
                outcome: 'none',
              },
            }
          : carryOut(operation, request, credential)
      }
      if (lost?.how === 'hang') await new Promise<never>(() => undefined)
      if (lost || !reply) throw new LostAnswer(`connection reset while waiting for the answer of ${operation}`)
      if (travel > 0) await runtime.clock.sleep(travel)
      return reply
    })()
    return answerOrAbort(executed, signal)
  }

  return {
    api,
    calls,
    faults,
    provider: (given = {}) =>
      providerOf(api, { credentials: options.tokens !== undefined, nodeNames: options.nodeNames ?? 'claim', ...given }),
    groupProvider: (given = {}) => groupProviderOf(api, { credentials: options.tokens !== undefined, ...given }),
    groups,
    machines: () => [...machines.all.values()],
    machine: id => machines.all.get(id),
    on: machines.on,
    onCreate(listener) {
      watchers.add(listener)
      return { [Symbol.dispose]: () => void watchers.delete(listener) }
    },
    release: (family, image) => void images.set(family, image),
    kill(id, { as = 'gone', listed = true } = {}) {
      if (!machines.all.has(id)) throw new RangeError(`the simulated cloud has no machine ${id}`)
      machines.die(id, as, listed)
    },
    alter(id, changes) {
      if (!machines.all.has(id)) throw new RangeError(`the simulated cloud has no machine ${id}`)
      machines.alter(id, changes)
    },
    createForeign({ account = 'default', region = 'local', zone = `${region}-a`, name, instanceType = 'small', owner } = {}) {
      const facts = { account, region, zone, instanceType, capacityType: 'on-demand', image: 'debian-13' }
      return born({ ...facts, name: name ?? `foreign-${addresses + 1}`, ...(owner && { owner }) }, draw(bootTime))
    },
    capacity: ({ instanceType }) => types[instanceType] ?? { cpu: '2', memory: '4Gi', pods: '110' },
    async [Symbol.asyncDispose]() {
      disposed = true
      plan[Symbol.dispose]()
    },
  }
}
