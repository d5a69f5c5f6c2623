import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Call,
  type CreateRequest,
  type DurableStore,
  type Machine,
  type MachineConnection,
  ProviderError,
} from '@kube-node/core/provider'
import { systemRuntime } from '@kube-node/core/runtime'
import { memoryStore } from '@kube-node/testing/conformance'
import { type DockerMachineConfig, dockerMachine } from '../src/index.ts'
import { type StandIn, awsSecrets, standIn } from './world.ts'

/** A stand-in, and connections to it as lives of a controller have them: all of one store. */
export interface Ground extends AsyncDisposable {
  readonly fake: StandIn
  readonly store: DurableStore
  /** A life of the controller: on this computer or, with another storage, on another. */
  connect(life?: {
    readonly storage?: string
    readonly secrets?: Readonly<Record<string, string>>
    readonly program?: string
    readonly store?: DurableStore
  }): Connection
  readonly ec2: Config
  readonly pool: Config
  request(config: Config, name?: string): CreateRequest<Config>
  /** A call, at a time that is so many milliseconds ahead. */
  call(signal?: AbortSignal, aheadMs?: number): Call
  /** Machines that live, as a list shows them. */
  listed(connection: Connection, call?: Call): Promise<readonly Machine[]>
  /** All that a list shows. */
  shown(connection: Connection, call?: Call): Promise<readonly Machine[]>
  /** Everything that was ever on a command line. */
  commandLines(): string
}

type Connection = MachineConnection<Readonly<Record<string, unknown>>>
type Config = Readonly<Record<string, unknown>>

export const ground = async (hosts = 1): Promise<Ground> => {
  const fake = await standIn(hosts)
  const store = memoryStore()
  const { clock } = systemRuntime()
  const call = (signal = new AbortController().signal, aheadMs = 0): Call => ({
    signal,
    deadline: Infinity,
    clock: { ...clock, now: () => clock.now() + aheadMs },
    log: () => undefined,
  })
  let numbers = 0
  return {
    fake,
    store,
    call,
    connect({ storage = fake.options.storage, secrets, program = fake.options.program, store: its = store } = {}) {
      const { definition } = dockerMachine({ program, storage })
      const credentials = secrets ?? { ...awsSecrets }
      return definition.connect({ config: {}, credentials, cluster: 'c1', store: its, call: call() })
    },
    ec2: parsed({ driver: 'amazonec2', options: { 'amazonec2-region': 'eu-1', 'amazonec2-instance-type': 't3.large' } }),
    pool: parsed({ driver: 'generic', hosts: fake.hosts.map(({ port }) => ({ address: '127.0.0.1', port })) }),
    request(config, name = `n${++numbers}`) {
      const owner = { cluster: 'c1', controller: 'k', claim: `claim-of-${name}`, nodeName: `node-${name}`, attempt: 1 }
      return { token: `${owner.claim}-1`, name, owner, config, bootstrap: { kind: 'none' }, avoid: [] }
    },
    listed: async (connection, asked = call()) => (await shown(connection, asked)).filter(({ state }) => state !== 'gone'),
    shown: (connection, asked = call()) => shown(connection, asked),
    commandLines: () => readFileSync(join(fake.folder, 'command-lines'), 'utf8'),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}

const shown = async (connection: Connection, call: Call): Promise<readonly Machine[]> => {
  const machines: Machine[] = []
  for await (const page of connection.list(call)) machines.push(...page.items)
  return machines
}

/** What a call that must fail has failed with. */
export const refusalOf = async (work: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await work.then(
    value => new Error(`it was answered: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  )
  if (!ProviderError.is(error)) throw error
  return error
}

/** A config as core hands it over. */
export const parsed = (config: unknown): Config => {
  const result = dockerMachine().definition.config['~standard'].validate(config)
  if (result instanceof Promise || result.issues) throw new Error(JSON.stringify(result))
  return result.value
}

export type { DockerMachineConfig }
