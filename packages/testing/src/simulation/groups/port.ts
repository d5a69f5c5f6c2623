import {
  type Call,
  type Group,
  type GroupConnection,
  type GroupProvider,
  type OpaqueConfig,
  type Page,
  ProviderError,
} from '@kube-node/core/provider'
import type { CallOptions, Life } from '../life.ts'
import type { Weather } from '../weather.ts'
import type { World } from '../world.ts'
import { type GroupOrder, inWords } from './order.ts'

/** Who hears of orders to groups. */
export interface OrderWatcher {
  /** It leaves a manager. Answers how many milliseconds it is held up on its way, beyond what the weather does. */
  issued(life: Life, order: GroupOrder): number
  /** The cloud has carried it out, or refused it. */
  obeyed(life: Life, order: GroupOrder): void
}

export interface GroupPortOptions {
  readonly world: World
  readonly weather: Weather
  readonly life: Life
  readonly provider: GroupProvider
  readonly watcher: OrderWatcher
}

/** A life's way to the cloud's groups. */
export const groupPort = ({ world, weather, life, provider: { definition, ...rest }, watcher }: GroupPortOptions): GroupProvider => {
  const neverAborted = new AbortController().signal

  const call = <T>(label: string, { signal, ...given }: Call, repeatable: boolean, apply: (call: Call) => Promise<T>): Promise<T> => {
    const options: CallOptions<T> = {
      label: `groups ${label}`,
      apply: () => apply({ ...given, signal: neverAborted }),
      rates: weather.cloud,
      cutUntil: weather.cutFromCloud.get(life.slot),
      repeatable,
      signal,
      broken: () => new ProviderError('Unavailable', `${label}: the connection was reset`),
      aborted: reason => reason,
    }
    return life.call(options)
  }
  const order = <T>(what: GroupOrder, given: Call, apply: (call: Call) => Promise<T>): Promise<T> => {
    const heldUpMs = watcher.issued(life, what)
    return call(inWords(what), given, true, async c => {
      if (heldUpMs > 0) await world.runtime.clock.sleep(heldUpMs)
      try {
        return await apply(c)
      } finally {
        watcher.obeyed(life, what)
      }
    })
  }

  const connection = (inner: GroupConnection<OpaqueConfig>): GroupConnection<OpaqueConfig> => {
    const { account, create, destroy, update } = inner
    return {
      async *list(given) {
        const pages = inner.list({ ...given, signal: neverAborted })[Symbol.asyncIterator]()
        const next = (): Promise<IteratorResult<Page<Group>>> => call('list', given, false, () => pages.next())
        for (let page = await next(); !page.done; page = await next()) yield page.value
      },
      resize: (group, size, given) =>
        order({ do: 'resize', id: group.id, from: group.size, size }, given, c => inner.resize(group, size, c)),
      remove: (group, members, options, given) =>
        order({ do: 'remove', id: group.id, members, replace: options.replace }, given, c => inner.remove(group, members, options, c)),
      ...(account && { account: given => call('account', given, false, c => account.call(inner, c)) }),
      ...(create && {
        create: (request, given) =>
          order({ do: 'create', id: request.name, set: request.owner.set, size: request.size }, given, c => create.call(inner, request, c)),
      }),
      ...(destroy && { destroy: (group, given) => order({ do: 'destroy', id: group.id }, given, c => destroy.call(inner, group, c)) }),
      ...(update && { update: (group, to, given) => order({ do: 'update', id: group.id }, given, c => update.call(inner, group, to, c)) }),
      [Symbol.asyncDispose]: async () => inner[Symbol.asyncDispose](),
    }
  }

  return { ...rest, definition: { ...definition, connect: context => connection(definition.connect(context)) } }
}
