import type { GroupProvider, MachineProvider, Owner } from '@kube-node/core/provider'
import { type Duration, type Log, type Runtime, durationMs } from '@kube-node/core/runtime'
import { agenda } from '../clock/index.ts'
import { type CloudApi, type CreateMachine, type Operation, type Operations, type Reply, LostAnswer } from './api.ts'
import { type MachineListener, estate } from './estate.ts'
import { type Faults, faultState } from './faults.ts'
import {
  type SimulatedGroupOptions,
  type SimulatedGroupProviderOptions,
  type SimulatedGroups,
  groupEstate,
  groupHandlers,
  groupProviderOf,
} from './groups/index.ts'
import { type MachineFacts, cloudHandlers } from './handlers.ts'
import { type InstanceType, type SimulatedMachine, instanceTypes } from './machine.ts'
import { type SimulatedProviderOptions, providerOf } from './provider.ts'
import { answerOrAbort } from './answer.ts'

export interface SimulatedCloudOptions {
  readonly runtime: Runtime
  readonly log?: Log
  /** From a create to a running machine, if its config says nothing else. A pair draws evenly between the two. Default 2s. */
  readonly bootTime?: Duration | readonly [Duration, Duration]
  /** From an accepted delete to a machine that is gone. Default 500ms. */
  readonly stopTime?: Duration
  /** How long a dead machine still stands in lists, as `gone`. Default 1m. */
  readonly goneVisible?: Duration
  /** How late a new machine appears in lists. Default 0s. Beyond the provider's consistencyWindow it breaks its promise. */
  readonly listDelay?: Duration
  /** How long every call takes; a pair draws evenly. Default 0s. */
  readonly latency?: Duration | readonly [Duration, Duration]
  /** Machines that may live at once in one account and region. Default: any number. */
  readonly quota?: number
  /** More kinds of machines than small, medium and large. */
  readonly instanceTypes?: Readonly<Record<string, InstanceType>>
  /** `cloud`: kubelets register as `ip-10-0-0-1.local.internal`, after address and region. Default `claim`: as their claims. */
  readonly nodeNames?: 'claim' | 'cloud'
  /** How groups behave. */
  readonly groups?: SimulatedGroupOptions
  /** Which credential opens which account. Absent: the cloud asks nobody, and there is one account. */
  readonly tokens?: Readonly<Record<string, string>>
}

export interface KillOptions {
  /** `gone`: terminated. `stopped`: powered off, and still there. Default gone. */
  readonly as?: 'gone' | 'stopped'
  /** Does a list still show it for a while? Default true. */
  readonly listed?: boolean
}

export interface ForeignMachine {
  readonly account?: string
  readonly region?: string
  readonly zone?: string
  readonly name?: string
  readonly instanceType?: string
  /** Of another cluster or controller. Default: no owner at all. */
  readonly owner?: Owner
}

/** A cloud that outlives the controllers that use it: its machines stay when they crash. */
export interface SimulatedCloud extends AsyncDisposable {
  /** A provider for a manager. Several of one cloud see the same machines. */
  provider(options?: SimulatedProviderOptions): MachineProvider
  /** A provider of the cloud's groups. */
  groupProvider(options?: SimulatedGroupProviderOptions): GroupProvider
  /** The groups as they truly are, and what others do to them. */
  readonly groups: SimulatedGroups
  /** The truth: all machines that ever were, in the order of their creation. */
  machines(): readonly SimulatedMachine[]
  machine(id: string): SimulatedMachine | undefined
  /** Calls that reached the cloud, by operation, refused ones included. */
  readonly calls: Readonly<Record<Operation, number>>
  /** Hears of each machine that somebody asks for, as he asked for it, before it is made or refused; repeated requests included. */
  onCreate(listener: (request: CreateMachine) => void): Disposable
  readonly faults: Faults
  /** Tells of every machine that enters the state. What a listener throws goes to the log. */
  on(state: SimulatedMachine['state'], listener: MachineListener): Disposable
  /** The machine dies by itself. @throws RangeError when there is no such machine. */
  kill(id: string, options?: KillOptions): void
  /** Somebody changes the machine at the cloud. @throws RangeError when there is no such machine. */
  alter(id: string, changes: Pick<SimulatedMachine, 'instanceType'>): void
  /** A machine that somebody else made. */
  createForeign(machine?: ForeignMachine): SimulatedMachine
  /** From now on the name of that family of images stands for this one. A provider with `resolve` asks for it. */
  release(family: string, image: string): void
  /** What a machine has. */
  capacity(machine: Pick<SimulatedMachine, 'instanceType'>): InstanceType
  /** The cloud's own API, for those who serve it over a wire. */
  readonly api: CloudApi
}

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
