import assert from 'node:assert/strict'
import {
  type Call,
  type CreateRequest,
  type Machine,
  type MachineConnection,
  type MachineProvider,
  type OpaqueConfig,
  ProviderError,
} from '@kube-node/core/provider'
import { type Runtime, durationMs, systemRuntime } from '@kube-node/core/runtime'
import { type CountedClock, type Waiting, countedClock, memoryStore, parsed, waitingOn } from '../suite/index.ts'
import type { Layer } from './layer.ts'
import type { CloudAbility, MachineManifest, OptionalMethod } from './manifest.ts'
import { requestOf } from './request.ts'
import { underPolicy } from './under-policy.ts'
import type { FakeCloud, ProviderWorld } from './world.ts'

export interface ConnectOptions {
  /** Default: the world's. */
  readonly credentials?: Readonly<Record<string, string>>
  /** Default: the connection keys of the world's config. */
  readonly config?: OpaqueConfig
}

/** What one test has at hand. */
export interface Stage extends Waiting {
  readonly world: ProviderWorld
  readonly manifest: MachineManifest
  readonly layer: Layer
  readonly definition: MachineProvider['definition']
  /** Parsed, defaults filled in. */
  readonly config: OpaqueConfig
  /** The part of it that `connect` may see. */
  readonly connectionConfig: OpaqueConfig
  readonly runtime: Runtime
  readonly clock: CountedClock
  /** All that the provider has logged, as text. */
  readonly logged: readonly string[]
  readonly cluster: string
  /** The connection that most tests use, opened when first asked for. */
  readonly connection: MachineConnection<OpaqueConfig>
  /** Another one. It is closed at the end of the test, if it is not before. */
  connect(options?: ConnectOptions): MachineConnection<OpaqueConfig>
  call(signal?: AbortSignal): Call
  /** For a claim of its own. */
  request(more?: Partial<CreateRequest<OpaqueConfig>>): CreateRequest<OpaqueConfig>
  create(request?: CreateRequest<OpaqueConfig>): Promise<Machine>
  delete(machine: Machine): Promise<void>
  list(): Promise<readonly Machine[]>
  /** Waits until a list shows that machine. Default: as long as the suite's patience lasts. */
  listed(id: string, withinMs?: number): Promise<Machine>
  /** How late a list may be, in milliseconds. */
  readonly windowMs: number
  /** Waits until no list shows it alive. It must have been listed before: what was never shown can't be seen to go. */
  gone(id: string): Promise<void>
  /** From a listed machine to one that is gone. */
  remove(machine: Machine): Promise<void>
  /** The ids of living machines: all, by the cloud's own truth, or those of ours that a list shows after the consistency window. */
  living(): Promise<readonly string[]>
  /** An ability of the cloud. @throws Error when it lacks though the manifest names it. */
  cloud<A extends CloudAbility>(ability: A): FakeCloud[A]
  /** An optional method of the usual connection. @throws Error when it lacks though the manifest names it. */
  method<M extends OptionalMethod>(name: M): NonNullable<MachineConnection<OpaqueConfig>[M]>
  /** The error that it must end with. */
  refusal(what: string, work: PromiseLike<unknown>, withinMs?: number): Promise<unknown>
  /** The same, and it must be a ProviderError. */
  providerError(what: string, work: PromiseLike<unknown>): Promise<ProviderError>
  close(): Promise<void>
}

/** Between two clocks, and between a request and its effect in a real cloud. */
const slackMs = 1_000

export const openStage = (world: ProviderWorld, manifest: MachineManifest, layer: Layer, patienceMs: number): Stage => {
  const { definition } = world.provider
  const runtime = world.runtime ?? systemRuntime()
  const waiting = waitingOn(runtime, patienceMs)
  const clock = countedClock(runtime.clock)
  const logged: string[] = []
  const log: Call['log'] = (level, message, fields) => void logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`)
  const cluster = runtime.uuid()
  const over = new AbortController()
  const opened: MachineConnection<OpaqueConfig>[] = []
  const store = memoryStore()
  let usual: MachineConnection<OpaqueConfig> | undefined

  const config = parsed('the config of the world', definition.config, world.config)
  const connectionConfig = Object.fromEntries(definition.connection.filter(key => config[key] !== undefined).map(key => [key, config[key]]))
  const windowMs = durationMs(definition.consistencyWindow) + slackMs

  const call = (signal: AbortSignal = over.signal): Call => ({ signal, deadline: clock.now() + patienceMs, clock, log })

  const list = async (): Promise<readonly Machine[]> => {
    const reading = async (): Promise<readonly Machine[]> => {
      const machines: Machine[] = []
      for await (const page of stage.connection.list(call())) machines.push(...page.items)
      return machines
    }
    return waiting.lasting('list', reading())
  }
  const alive = async (): Promise<readonly Machine[]> => (await list()).filter(({ state }) => state !== 'gone')

  const stage: Stage = {
    ...waiting,
    world,
    manifest,
    layer,
    definition,
    config,
    connectionConfig,
    runtime,
    clock,
    logged,
    cluster,
    call,
    list,
    windowMs,
    get connection() {
      usual ??= stage.connect()
      return usual
    },
    connect({ credentials: entries = world.credentials, config: given = connectionConfig } = {}) {
      const credentials = definition.credentials ? parsed('the credentials of the world', definition.credentials, entries) : undefined
      const connection =
        layer === 'policy'
          ? underPolicy({
              provider: world.provider,
              config: given,
              credentials,
              secrets: Object.values(entries ?? {}),
              cluster,
              store,
              log,
              runtime: { ...runtime, clock },
            })
          : definition.connect({ config: given, credentials, cluster, store, call: call() })
      opened.push(connection)
      return connection
    },
    request: more => ({ ...requestOf({ runtime, definition, config, cluster }), ...more }),
    create: (request = stage.request()) => waiting.lasting('create', stage.connection.create(request, call())),
    delete: machine => waiting.lasting('delete', stage.connection.delete(machine, call())),
    listed: (id, withinMs) =>
      waiting.until(`a list shows machine ${id}`, async () => (await list()).find(machine => machine.id === id), withinMs),
    gone: async id => {
      await waiting.until(
        `no list shows machine ${id} alive`,
        async () => !(await alive()).some(machine => machine.id === id),
        durationMs(manifest.goneWithin ?? '5m'),
      )
    },
    async remove(machine) {
      await stage.listed(machine.id)
      await stage.delete(machine)
      await stage.gone(machine.id)
    },
    async living() {
      const { cloud } = world
      if (cloud?.machines) return (await waiting.lasting('the truth', Promise.resolve(cloud.machines()))).map(({ id }) => id)
      await waiting.lasting('the consistency window', clock.sleep(windowMs), windowMs * 2)
      const ours = (await alive()).filter(({ owner, state }) => owner?.cluster === cluster && state !== 'stopping')
      return ours.map(({ id }) => id)
    },
    cloud(ability) {
      const found = world.cloud?.[ability]
      if (found === undefined) throw new Error(`the manifest names the ability ${ability}, which this world's cloud lacks`)
      return found
    },
    method(name) {
      const { connection } = stage
      const found = connection[name]
      if (found === undefined) throw new Error(`the manifest names the method ${name}, which this provider's connection lacks`)
      // bind() forgets which of the methods it was given.
      return found.bind(connection) as NonNullable<MachineConnection<OpaqueConfig>[typeof name]>
    },
    async refusal(what, work, withinMs) {
      const outcome = await waiting.lasting(
        what,
        work.then(
          value => ({ value }),
          (error: unknown) => ({ error }),
        ),
        withinMs,
      )
      if ('error' in outcome) return outcome.error
      return assert.fail(`${what}: it was to be refused, and was answered with ${JSON.stringify(outcome.value)}`)
    },
    async providerError(what, work) {
      const error = await stage.refusal(what, work)
      assert.ok(ProviderError.is(error), `${what}: a provider throws ProviderError and nothing else; this was ${String(error)}`)
      return error
    },
    async close() {
      over.abort(new Error('the test is over'))
      await waiting.lasting('closing connections', Promise.allSettled(opened.map(async connection => connection[Symbol.asyncDispose]())))
    },
  }
  return stage
}
