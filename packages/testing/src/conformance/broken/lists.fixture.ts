import type { Machine } from '@kube-node/core/provider'
import { type Broken, instead, pagesOf } from './instead.fixture.ts'

export const lists: Readonly<Record<string, Broken>> = {
  'shows the first page only': {
    over: instead(good => ({
      async *list(call) {
        for await (const page of good.list(call)) return yield page
      },
    })),
    fails: ['list > shows every machine once, over all its pages'],
  },
  'shows machines twice': {
    over: instead(good => ({
      async *list(call) {
        let last: readonly Machine[] = []
        for await (const page of good.list(call)) {
          yield { ...page, items: [...last, ...page.items] }
          last = page.items.slice(-1)
        }
      },
    })),
    fails: ['list > shows every machine once, over all its pages'],
  },
  'ends a list early when it is aborted': {
    over: instead(good => ({
      async *list(call) {
        try {
          yield* good.list(call)
        } catch (error) {
          if (!call.signal.aborted) throw error
        }
      },
    })),
    fails: [
      'list > throws when its signal has fired, instead of ending early',
      'list > throws when its signal fires between two pages, instead of ending early',
      'abort > a list settles soon after its signal',
    ],
  },
  'lists later than it declares': {
    over: instead((good, { call: { clock } }) => ({
      async *list(call) {
        for await (const page of good.list(call)) {
          yield { ...page, items: page.items.filter(({ createdAt }) => clock.now() - Date.parse(createdAt) > 10_000) }
        }
      },
    })),
    fails: ['list > shows a new machine within the consistency window'],
  },
  'takes every machine for ours': {
    over: instead((good, { cluster }) => ({
      list: call =>
        pagesOf(good, call, machine => ({
          ...machine,
          owner: machine.owner ?? { cluster, controller: 'c', claim: machine.id, nodeName: 'n', attempt: 1 },
        })),
    })),
    fails: ["list > never shows somebody else's machine as ours"],
  },
  'shows machines that were never made': {
    over: instead((good, { cluster }) => ({
      async *list(call) {
        yield* good.list(call)
        call.signal.throwIfAborted()
        const owner = { cluster, controller: 'c', claim: 'x', nodeName: 'n', attempt: 1 }
        yield { items: [{ id: 'phantom', providerID: 'simulated:///phantom', state: 'running', createdAt: '2026-01-01T00:00:00Z', owner }] }
      },
    })),
    fails: ["list > shows none of this cluster's machines when there are none"],
  },
  'shows only what the same connection has made': {
    over: instead(good => {
      const mine = new Set<string>()
      return {
        async create(request, call) {
          const machine = await good.create(request, call)
          mine.add(machine.id)
          return machine
        },
        async *list(call) {
          for await (const page of good.list(call)) yield { ...page, items: page.items.filter(({ id }) => mine.has(id)) }
        },
      }
    }),
    fails: [
      'connect > opens several connections that see the same machines',
      "optional methods > adopt makes a machine that nobody owns the claim's own, also when it is asked again",
    ],
  },
  'does not say which zone it could not ask': {
    over: instead(good => ({
      async *list(call) {
        for await (const { items } of good.list(call)) yield { items }
      },
    })),
    fails: ['list > says which scope it could not ask, or throws'],
  },
  'takes a cloud that is down for an empty one': {
    over: instead(good => ({
      async *list(call) {
        try {
          yield* good.list(call)
        } catch (error) {
          if (call.signal.aborted) throw error
        }
      },
    })),
    fails: [
      'errors > Unavailable, when the cloud can not be reached: never an empty list',
      'errors > a ProviderError that proves nothing, when a proxy answers in place of the cloud',
    ],
  },
  'does not clean up after a list that is left early': {
    over: instead((good, { call: { clock } }) => ({
      async *list(call) {
        let whole = false
        try {
          yield* good.list(call)
          whole = true
        } finally {
          if (!whole && !call.signal.aborted) void clock.sleep(3_600_000)
        }
      },
    })),
    fails: ['list > may be left early, and goes on from its beginning the next time'],
  },
}
