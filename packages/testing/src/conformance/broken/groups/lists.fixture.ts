import { type Group, ProviderError } from '@kube-node/core/provider'
import { type BrokenGroups, instead, showing } from './groups.fixture.ts'

export const lists: Readonly<Record<string, BrokenGroups>> = {
  'calls machines in no cloud’s words': {
    over: showing(group => ({ ...group, members: group.members.map(member => ({ ...member, providerID: member.id })) })),
    fails: ['list > shows a group with its size and its machines, each once'],
  },
  'shows groups on their page and on the next one': {
    over: instead(good => ({
      async *list(call) {
        let before: readonly Group[] = []
        for await (const page of good.list(call)) {
          yield { ...page, items: [...before, ...page.items] }
          before = page.items
        }
      },
    })),
    fails: ['list > shows every group once, over all its pages'],
  },
  'shows what was asked once for ever': {
    over: instead(good => {
      const first = new Map<string, Group>()
      return {
        async *list(call) {
          for await (const page of good.list(call)) {
            const items = page.items.map(group => {
              const settled = group.members.length === group.size && group.members.every(({ state }) => state === 'running')
              if (settled && !first.has(group.id)) first.set(group.id, group)
              return first.get(group.id) ?? group
            })
            yield { ...page, items }
          }
        },
      }
    }),
    fails: [
      'list > shows what others did to a group',
      'list > shows a machine that leaves as one that does, or not at all',
      'resize > makes a group larger, and touches none of its machines',
      'resize > says Busy of a group that takes no order, and lists show that it is',
      'remove > takes exactly the machines that are named, and shrinks the group by them',
      'remove > with replace takes exactly those, and the group makes as many others',
      'update > has new machines carry the new revision, and leaves those that are there',
      'update > does no harm the second time',
    ],
  },
  'ends its list early when it is told to stop': {
    over: instead(good => ({
      async *list(call) {
        if (call.signal.aborted) return
        yield* good.list(call)
      },
    })),
    fails: ['list > throws when its signal has fired, instead of ending early'],
  },
  'takes silence for nothing': {
    over: instead(good => ({
      async *list(call) {
        try {
          yield* good.list(call)
        } catch (error) {
          if (!ProviderError.is(error) || error.code !== 'Unavailable') throw error
          yield { items: [] }
        }
      },
    })),
    fails: ['list > throws when nobody can reach the cloud'],
  },
  'says nothing of what it could not ask': {
    over: instead(good => ({
      async *list(call) {
        for await (const { items } of good.list(call)) yield { items }
      },
    })),
    fails: ['list > says which scope it could not ask, or throws'],
  },
  'leaves words undefined': {
    over: showing(group => ({ ...group, ...({ note: undefined } as object) })),
    fails: ['list > is plain data: it survives JSON as it is'],
  },
}
