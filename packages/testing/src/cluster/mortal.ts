import type { KubeStream, KubeTransport } from '@kube-node/core/kube'
import type { GroupConnection, GroupProvider, MachineConnection, MachineProvider, OpaqueConfig } from '@kube-node/core/provider'
import type { Runtime } from '@kube-node/core/runtime'

/**
 * One life of a controller that can end like a process under kill -9: nothing of it is cleaned up, what it has sent still
 * takes effect, and no answer reaches it any more. Wrap everything that leads out of it.
 */
export interface Mortal {
  /** Its timers die with it: no deadline of its own ends what it had sent. */
  runtime(runtime: Runtime): Runtime
  transport(transport: KubeTransport): KubeTransport
  provider(provider: MachineProvider): MachineProvider
  groups(provider: GroupProvider): GroupProvider
  kill(): void
  readonly dead: boolean
  /** Calls that have left this life, to the API server and to the provider; watches and the beat of its lease apart. */
  readonly calls: number
  /** Those of them that could change something, by their numbers. */
  readonly effects: readonly number[]
}

export interface DeathSentence {
  /** The call, counted from 1. */
  readonly at: number
  /**
   * `before` it leaves; `after` it has taken effect and before its answer arrives; `late`: while it is under way, to take effect
   * when the successor works already.
   */
  readonly when: 'before' | 'after' | 'late'
  /** For `late`: how much later it takes effect. */
  readonly lateness?: () => Promise<void>
}

/** A life, and when it ends. Without a sentence: by `kill` alone. */
export const mortal = (sentence?: DeathSentence): Mortal => {
  let dead = false
  let calls = 0
  const effects: number[] = []

  /** A dead life's promises never settle: rejecting them would run its `finally` blocks after its death. */
  const forever = <T>(): Promise<T> => new Promise(() => {})

  const pass = async <T>(call: () => Promise<T>, reads = false): Promise<T> => {
    if (dead) return forever()
    const mine = ++calls
    if (!reads) effects.push(mine)
    const last = mine === sentence?.at
    if (last && sentence.when !== 'after') dead = true
    if (last && sentence.when === 'late') await sentence.lateness?.()
    if (dead && sentence?.when !== 'late') return forever()
    const settled = await call().then(
      value => () => value,
      (error: unknown) => (): never => {
        throw error
      },
    )
    if (last) dead = true
    return dead ? forever() : settled()
  }

  const whileAlive = async <T>(call: () => Promise<T>): Promise<T> => {
    if (dead) return forever()
    const settled = await call().then(
      value => () => value,
      (error: unknown) => (): never => {
        throw error
      },
    )
    return dead ? forever() : settled()
  }

  const stream = (inner: KubeStream): KubeStream => ({
    next: () => whileAlive(() => inner.next()),
    [Symbol.asyncDispose]: () => whileAlive(async () => inner[Symbol.asyncDispose]()),
  })

  const connection = (inner: MachineConnection<OpaqueConfig>): MachineConnection<OpaqueConfig> => {
    const { configure, resolve } = inner
    return {
      create: (request, call) => pass(() => inner.create(request, call)),
      delete: (machine, call) => pass(() => inner.delete(machine, call)),
      async *list(call) {
        const pages = inner.list(call)[Symbol.asyncIterator]()
        for (let page = await pass(() => pages.next(), true); !page.done; page = await pass(() => pages.next(), true)) yield page.value
      },
      ...(resolve && { resolve: (config, call) => pass(() => resolve.call(inner, config, call), true) }),
      ...(configure && { configure: (machine, steps, config, call) => pass(() => configure.call(inner, machine, steps, config, call)) }),
      [Symbol.asyncDispose]: () => whileAlive(async () => inner[Symbol.asyncDispose]()),
    }
  }

  const groupConnection = (inner: GroupConnection<OpaqueConfig>): GroupConnection<OpaqueConfig> => {
    const { create, destroy, update } = inner
    return {
      async *list(call) {
        const pages = inner.list(call)[Symbol.asyncIterator]()
        for (let page = await pass(() => pages.next(), true); !page.done; page = await pass(() => pages.next(), true)) yield page.value
      },
      resize: (group, size, call) => pass(() => inner.resize(group, size, call)),
      remove: (group, ids, options, call) => pass(() => inner.remove(group, ids, options, call)),
      ...(create && { create: (request, call) => pass(() => create.call(inner, request, call)) }),
      ...(destroy && { destroy: (group, call) => pass(() => destroy.call(inner, group, call)) }),
      ...(update && { update: (group, next, call) => pass(() => update.call(inner, group, next, call)) }),
      [Symbol.asyncDispose]: () => whileAlive(async () => inner[Symbol.asyncDispose]()),
    }
  }

  return {
    runtime: inner => ({
      clock: {
        now: () => inner.clock.now(),
        monotonic: () => inner.clock.monotonic(),
        sleep: (ms, signal) => whileAlive(() => inner.clock.sleep(ms, signal)),
      },
      random: () => inner.random(),
      uuid: () => inner.uuid(),
      yield: label => inner.yield(label),
    }),
    transport: inner => ({
      request: request =>
        request.path.includes('/leases/')
          ? whileAlive(() => inner.request(request))
          : pass(() => inner.request(request), request.method === 'GET' || request.path.endsWith('/events')),
      watch: async request => stream(await whileAlive(() => inner.watch(request))),
      [Symbol.asyncDispose]: () => whileAlive(async () => inner[Symbol.asyncDispose]()),
    }),
    provider: ({ definition, ...rest }) => ({
      ...rest,
      definition: { ...definition, connect: context => connection(definition.connect(context)) },
    }),
    groups: ({ definition, ...rest }) => ({
      ...rest,
      definition: { ...definition, connect: context => groupConnection(definition.connect(context)) },
    }),
    kill() {
      dead = true
    },
    get dead() {
      return dead
    },
    get calls() {
      return calls
    },
    effects,
  }
}
