import assert from 'node:assert/strict'
import {
  type Call,
  type Group,
  type GroupConnection,
  type GroupProvider,
  type GroupRequest,
  type OpaqueConfig,
  type Page,
  ProviderError,
} from '@kube-node/core/provider'
import { type Runtime, durationMs, systemRuntime } from '@kube-node/core/runtime'
import { type Waiting, memoryStore, parsed, waitingOn } from '../suite/index.ts'
import type { GroupAbility, GroupManifest, OptionalGroupMethod } from './manifest.ts'
import type { GroupCloud, GroupWorld, NewGroup, TrueGroup } from './world.ts'

/** What one test has at hand. */
export interface GroupStage extends Waiting {
  readonly world: GroupWorld
  readonly manifest: GroupManifest
  readonly definition: GroupProvider['definition']
  /** Parsed, defaults filled in. */
  readonly config: OpaqueConfig
  readonly runtime: Runtime
  readonly connection: GroupConnection<OpaqueConfig>
  connect(credentials?: Readonly<Record<string, string>>): GroupConnection<OpaqueConfig>
  call(signal?: AbortSignal): Call
  /** For a set of its own. */
  request(more?: Partial<GroupRequest<OpaqueConfig>>): GroupRequest<OpaqueConfig>
  pages(call?: Call): Promise<readonly Page<Group>[]>
  list(): Promise<readonly Group[]>
  /** Somebody makes a group; answers it when a list shows it with all its machines running. */
  given(group: NewGroup): Promise<Group>
  /** Waits until a list shows it as it should be. */
  shown(what: string, id: string, fits: (group: Group) => boolean): Promise<Group>
  truth(id: string): Promise<TrueGroup>
  /** Waits until the cloud has as many machines as the group shall have, and no list may be late any more. */
  settled(id: string): Promise<TrueGroup>
  remove(group: Group, ids: readonly string[], replace: boolean): Promise<void>
  ability<A extends GroupAbility>(name: A): NonNullable<GroupCloud[A]>
  method<M extends OptionalGroupMethod>(name: M): NonNullable<GroupConnection<OpaqueConfig>[M]>
  /** The ProviderError that it must end with. */
  refusal(what: string, work: PromiseLike<unknown>): Promise<ProviderError>
  close(): Promise<void>
}

/** Between two clocks, and between a request and its effect in a real cloud. */
const slackMs = 1_000

export const openGroupStage = (world: GroupWorld, manifest: GroupManifest, patienceMs: number): GroupStage => {
  const { definition } = world.provider
  const runtime = world.runtime ?? systemRuntime()
  const { clock } = runtime
  const waiting = waitingOn(runtime, patienceMs)
  const cluster = runtime.uuid()
  const over = new AbortController()
  const store = memoryStore()
  const opened: GroupConnection<OpaqueConfig>[] = []
  let usual: GroupConnection<OpaqueConfig> | undefined

  const config = parsed('the config of the world', definition.config, world.config)
  const connectionConfig = Object.fromEntries(definition.connection.filter(key => config[key] !== undefined).map(key => [key, config[key]]))
  const call = (signal: AbortSignal = over.signal): Call => ({ signal, deadline: clock.now() + patienceMs, clock, log: () => {} })
  const pagesWith = async (given: Call): Promise<readonly Page<Group>[]> => {
    const pages: Page<Group>[] = []
    for await (const page of stage.connection.list(given)) pages.push(page)
    return pages
  }

  const stage: GroupStage = {
    ...waiting,
    world,
    manifest,
    definition,
    config,
    runtime,
    call,
    get connection() {
      usual ??= stage.connect()
      return usual
    },
    connect(entries = world.credentials) {
      const credentials = definition.credentials ? parsed('the credentials of the world', definition.credentials, entries) : undefined
      const connection = definition.connect({ config: connectionConfig, credentials, cluster, store, call: call() })
      opened.push(connection)
      return connection
    },
    request(more) {
      const set = runtime.uuid()
      // Uuids that count up differ at their ends alone.
      const name = `g${set.replaceAll('-', '').split('').toReversed().join('').slice(0, 12)}`
      const owner = { cluster, controller: 'kube-node.dev/conformance', set, setName: name }
      return { name, owner, config: structuredClone(config), revision: 'r1', size: 2, ...more }
    },
    pages: (given = call()) => waiting.lasting('list', pagesWith(given)),
    list: async () => (await stage.pages()).flatMap(({ items }) => items),
    async given(group) {
      const id = await waiting.lasting('somebody makes a group', Promise.resolve(world.cloud.createGroup(group)))
      return stage.shown('its machines', id, found => found.members.filter(({ state }) => state === 'running').length === group.size)
    },
    shown: (what, id, fits) =>
      waiting.until(`a list shows of group ${id}: ${what}`, async () => {
        const found = (await stage.list()).find(group => group.id === id)
        return found && fits(found) && found
      }),
    async truth(id) {
      const found = await waiting.lasting('the truth', Promise.resolve(world.cloud.truth(id)))
      assert.ok(found, `there is no group ${id} any more`)
      return found
    },
    async settled(id) {
      await waiting.lasting('the consistency window', clock.sleep(durationMs(definition.consistencyWindow) + slackMs))
      return waiting.until(`group ${id} has as many machines as it shall`, async () => {
        const found = await stage.truth(id)
        return found.members.length === found.size && found
      })
    },
    async remove(group, ids, replace) {
      const outcomes = await waiting.lasting('remove', stage.connection.remove(group, ids, { replace }, call()))
      assert.deepEqual(
        outcomes,
        ids.map(() => ({ value: undefined })),
        'as many answers as members were named, each of them good',
      )
    },
    ability(name) {
      const found = world.cloud[name]
      if (found === undefined) throw new Error(`the manifest names the ability ${name}, which this world's cloud lacks`)
      return found
    },
    method(name) {
      const { connection } = stage
      const found = connection[name]
      if (found === undefined) throw new Error(`the manifest names the method ${name}, which this provider's connection lacks`)
      // bind() forgets which of the methods it was given.
      return found.bind(connection) as NonNullable<GroupConnection<OpaqueConfig>[typeof name]>
    },
    async refusal(what, work) {
      const outcome = await waiting.lasting(
        what,
        work.then(
          value => ({ value }),
          (error: unknown) => ({ error }),
        ),
      )
      if (!('error' in outcome)) return assert.fail(`${what}: it was to be refused, and was answered with ${JSON.stringify(outcome.value)}`)
      const { error } = outcome
      assert.ok(ProviderError.is(error), `${what}: a provider throws ProviderError and nothing else; this was ${String(error)}`)
      return error
    },
    async close() {
      over.abort(new Error('the test is over'))
      await waiting.lasting('closing connections', Promise.allSettled(opened.map(async each => each[Symbol.asyncDispose]())))
    },
  }
  return stage
}
