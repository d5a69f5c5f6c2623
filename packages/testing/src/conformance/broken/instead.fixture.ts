import {
  type Call,
  type ConnectContext,
  type Machine,
  type MachineConnection,
  type MachineProvider,
  type OpaqueConfig,
  ProviderError,
} from '@kube-node/core/provider'
import type { SimulatedCloud } from '../../cloud/index.ts'
import type { MachineManifest, ProviderWorld } from '../index.ts'
import { type SimulatedWorldOptions, simulatedWorld } from '../simulated.fixture.ts'

export type Good = MachineConnection<OpaqueConfig>
type Context = ConnectContext<OpaqueConfig, string, unknown>

/** A provider with one defect, and the tests that must find it. */
export interface Broken {
  readonly over: NonNullable<SimulatedWorldOptions['over']>
  readonly provider?: NonNullable<SimulatedWorldOptions['provider']>
  readonly manifest?: Partial<MachineManifest>
  /** Those that fail, all others pass. */
  readonly fails: readonly string[]
}

export type Breakage = Omit<Broken, 'over' | 'fails'>

/** The same provider, some of whose methods do something else. */
export const instead =
  (change: (good: Good, context: Context, cloud: SimulatedCloud) => Partial<Good>): Broken['over'] =>
  (provider, cloud) => ({
    ...provider,
    definition: {
      ...provider.definition,
      connect(context) {
        const good = provider.definition.connect(context)
        return { ...good, ...change(good, context, cloud) }
      },
    },
  })

/** The same provider, some of whose declarations are others. */
export const declaring =
  (more: Partial<MachineProvider['definition']>): Broken['over'] =>
  provider => ({
    ...provider,
    definition: { ...provider.definition, ...more },
  })

/** The same provider, whose machines look different wherever they are answered. */
export const showing = (change: (machine: Machine) => Machine): Broken['over'] =>
  instead(good => ({
    create: async (...args) => change(await good.create(...args)),
    list: call => pagesOf(good, call, change),
    async get(machine, call) {
      const found = await good.get?.(machine, call)
      return found && change(found)
    },
  }))

export async function* pagesOf(good: Good, call: Call, change: (machine: Machine) => Machine): ReturnType<Good['list']> {
  for await (const page of good.list(call)) yield { ...page, items: page.items.map(change) }
}

/** The same provider, whose errors are others. */
export const throwing = (change: (error: unknown, context: Context) => unknown): Broken['over'] =>
  instead((good, context) => {
    const fail = (error: unknown): never => {
      throw change(error, context)
    }
    return {
      create: (...args) => good.create(...args).catch(fail),
      delete: (...args) => good.delete(...args).catch(fail),
      async *list(call) {
        try {
          yield* good.list(call)
        } catch (error) {
          fail(error)
        }
      },
    }
  })

/** The same error with other facts. */
export const withFacts = (error: unknown, change: (facts: ProviderError['facts']) => ProviderError['facts']): unknown =>
  ProviderError.is(error) ? new ProviderError(error.code, error.message, change(error.facts)) : error

/** The optional methods that the simulated cloud's provider does without, as they should be. */
export const gifted: Broken['over'] = instead(() => ({
  resolve: async config => ({ ...config, image: 'debian-13.2' }),
  drift: async () => undefined,
  capacity: async () => ({ cpu: '2', memory: '4Gi', pods: '110', 'example.com/gpu': '1' }),
  async *interruptions(call) {
    await call.clock.sleep(3_600_000, call.signal)
    yield { id: 'i-0', reason: 'an hour has passed' }
  },
}))

export const world = ({ over, provider = {} }: Omit<Broken, 'fails'>): ProviderWorld => simulatedWorld({ over, provider })
