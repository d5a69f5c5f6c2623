import type { Group, GroupConnection, OpaqueConfig, Outcome } from '@kube-node/core/provider'
import type { NewGroup } from '@kube-node/testing/conformance'
import { call } from './calls.ts'
import { type AwsGroupWorld, awsGroupWorld } from './groupWorld.ts'
import type { Moto } from './moto.ts'
import { storiesOf } from './perFile.ts'

/** A provider of groups at work, and the world that it works in. */
export interface GroupStory extends AsyncDisposable {
  readonly world: AwsGroupWorld
  readonly connection: GroupConnection<OpaqueConfig>
  connect(limits: 'honour' | 'raise'): GroupConnection<OpaqueConfig>
  /** The class of the world, with defaults filled in. */
  readonly config: OpaqueConfig
  listed(id: string, from?: GroupConnection<OpaqueConfig>): Promise<Group>
  /** A group that somebody made, as a list shows it. */
  given(size: number, more?: Omit<NewGroup, 'size'> & { readonly min?: number }): Promise<Group>
  desired(id: string): Promise<number | undefined>
  remove(group: Group, ids: readonly string[], replace?: boolean, from?: GroupConnection<OpaqueConfig>): Promise<readonly Outcome<void>[]>
  /** Requests of that action so far. */
  asked(action: string): number
}

export const done: Outcome<void> = { value: undefined }

export const idsOf = ({ members }: Group): readonly string[] => members.map(({ id }) => id).toSorted()

const never = (): never => {
  throw new Error('Auto Scaling knows its groups by itself')
}

const groupStory = async (moto: Moto): Promise<GroupStory> => {
  const world = await awsGroupWorld(moto)
  const opened: GroupConnection<OpaqueConfig>[] = []
  const connect: GroupStory['connect'] = limits => {
    const connection = world.provider.definition.connect({
      config: { region: world.config['region'], limits },
      credentials: { ...world.credentials },
      cluster: 'c1',
      store: { get: never, put: never, remove: never, keys: never },
      call,
    })
    opened.push(connection)
    return connection
  }
  const connection = connect('honour')
  const parsed = world.provider.definition.config['~standard'].validate(world.config)
  if (parsed instanceof Promise || parsed.issues) throw new Error(JSON.stringify(parsed))
  const listed: GroupStory['listed'] = async (id, from = connection) => {
    const found: Group[] = []
    for await (const { items } of from.list(call)) found.push(...items)
    const group = found.find(each => each.id === id)
    if (!group) throw new Error(`no list shows group ${id}`)
    return group
  }
  return {
    world,
    connection,
    connect,
    config: parsed.value,
    listed,
    given: async (size, more) => listed(await world.createGroup({ size, ...more })),
    desired: async id => (await world.group(id))?.DesiredCapacity,
    remove: (group, ids, replace = false, from = connection) => from.remove(group, ids, { replace }, call),
    asked: action => world.proxy.calls.get(action) ?? 0,
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

/** One of its own for each test of a file; moto is one for all. */
export const groupStories: (begun: (story: GroupStory) => void) => void = storiesOf(groupStory)
