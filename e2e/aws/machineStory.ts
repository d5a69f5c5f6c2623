import type { CreateRequest, MachineConnection, OpaqueConfig } from '@kube-node/core/provider'
import { call } from './calls.ts'
import type { Moto } from './moto.ts'
import { storiesOf } from './perFile.ts'
import { type AwsWorld, awsWorld } from './world.ts'

/** A provider of machines at work, and the world that it works in. */
export interface MachineStory extends AsyncDisposable {
  readonly world: AwsWorld
  readonly connection: MachineConnection<OpaqueConfig>
  /** One more, which knows nothing of what the first one did. */
  connect(): MachineConnection<OpaqueConfig>
  /** The class of the world, with more, and with defaults filled in. */
  parse(more?: Readonly<Record<string, unknown>>): OpaqueConfig
  requestOf(claim: string, more?: Partial<CreateRequest<OpaqueConfig>>, attempt?: number): CreateRequest<OpaqueConfig>
  /** Instances that run. */
  alive(): Promise<number>
}

const never = (): never => {
  throw new Error('EC2 knows its machines by itself')
}

const machineStory = async (moto: Moto): Promise<MachineStory> => {
  const world = await awsWorld(moto)
  const { definition } = world.provider
  const connect = (): MachineConnection<OpaqueConfig> =>
    definition.connect({
      config: { region: world.config['region'] },
      credentials: { ...world.credentials },
      cluster: 'c1',
      store: { get: never, put: never, remove: never, keys: never },
      call,
    })
  const connection = connect()
  const parse: MachineStory['parse'] = more => {
    const result = definition.config['~standard'].validate({ ...world.config, ...more })
    if (result instanceof Promise || result.issues) throw new Error(JSON.stringify(result))
    return result.value
  }
  return {
    world,
    connection,
    connect,
    parse,
    requestOf: (claim, more, attempt = 1) => ({
      token: `${claim}-${attempt}`,
      name: `node-${claim}-${attempt}`,
      owner: { cluster: 'c1', controller: 'kube-node.dev/controller', claim, nodeName: `node-${claim}`, attempt },
      config: parse(),
      bootstrap: { kind: 'none' },
      avoid: [],
      ...more,
    }),
    alive: async () => (await world.instances()).filter(({ State }) => State?.Name === 'running').length,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

/** One of its own for each test of a file; moto is one for all. */
export const machineStories: (begun: (story: MachineStory) => void) => void = storiesOf(machineStory)
