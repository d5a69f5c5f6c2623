import { type Call, type Machine, ProviderError } from '@kube-node/core/provider'
import { type Broken, declaring, gifted, instead } from './instead.fixture.ts'

const never = new AbortController().signal
const deaf = (call: Call): Call => ({ ...call, signal: never })

const gifts: Pick<Broken, 'manifest'> = { manifest: { methods: ['get', 'resolve', 'drift', 'capacity', 'interruptions'] } }
const batched: Pick<Broken, 'manifest' | 'provider'> = {
  provider: { batches: true },
  manifest: { methods: ['get', 'createMany', 'deleteMany'] },
}
const both =
  (first: Broken['over'], second: Broken['over']): Broken['over'] =>
  (provider, cloud) =>
    second(first(provider, cloud), cloud)

export const calls: Readonly<Record<string, Broken>> = {
  'is deaf to signals': {
    over: instead(good => ({
      create: (request, call) => good.create(request, deaf(call)),
      list: call => good.list(deaf(call)),
      delete: (machine, call) => good.delete(machine, deaf(call)),
    })),
    fails: [
      'list > throws when its signal has fired, instead of ending early',
      'list > throws when its signal fires between two pages, instead of ending early',
      'abort > a create whose signal has fired makes nothing',
      'abort > a create settles soon after its signal',
      'abort > a list settles soon after its signal',
      'abort > a delete settles soon after its signal',
    ],
  },
  'connects by what differs between nodes': {
    over: provider => ({
      ...provider,
      definition: {
        ...provider.definition,
        connect(context) {
          context.call.log('debug', `for ${String(context.config['instanceType'])}`)
          return provider.definition.connect(context)
        },
      },
    }),
    fails: ['connect > reads the connection keys alone'],
  },
  'leaves a sleep behind': {
    over: instead((_good, { call: { clock } }) => {
      void clock.sleep(3_600_000)
      return {}
    }),
    fails: ['dispose > leaves no sleep behind'],
  },
  'can be closed once': {
    over: instead(good => {
      let closed = false
      return {
        async [Symbol.asyncDispose]() {
          if (closed) throw new Error('closed already')
          closed = true
          await good[Symbol.asyncDispose]()
        },
      }
    }),
    fails: ['dispose > ends, also the second time'],
  },
  'closes all connections at once': {
    over: (provider, cloud) => {
      let closed = false
      const over = instead(good => ({
        async create(request, call) {
          if (closed) throw new Error('closed')
          return good.create(request, call)
        },
        async [Symbol.asyncDispose]() {
          closed = true
        },
      }))
      return over(provider, cloud)
    },
    fails: ['dispose > takes neither machines nor other connections along'],
  },
  'calls its account otherwise each time': {
    over: instead(good => {
      let asked = 0
      return { account: async call => `${(await good.account?.(call)) ?? ''} ${++asked} ${call.clock.now()}` }
    }),
    fails: ['optional methods > account is the same on every connection of these credentials'],
  },
  'adopts in words only': {
    over: instead(good => ({
      async adopt(providerID, owner, call) {
        const listed: Machine[] = []
        for await (const page of good.list(call)) listed.push(...page.items)
        const machine = listed.find(each => each.providerID === providerID)
        if (machine?.owner && machine.owner.claim !== owner.claim) throw new ProviderError('InvalidConfig', 'it is taken')
        return { ...machine!, owner }
      },
    })),
    fails: ["optional methods > adopt makes a machine that nobody owns the claim's own, also when it is asked again"],
  },
  "adopts other claims' machines": {
    over: instead((good, _context, cloud) => ({
      async adopt(providerID, owner, call) {
        const { owner: other } = cloud.machine(providerID.split('/').at(-1) ?? '') ?? {}
        return { ...(await good.adopt!(providerID, other ?? owner, call)), owner }
      },
    })),
    fails: ["optional methods > adopt leaves another claim's machine to it"],
  },
  'answers batches in another order': {
    ...batched,
    over: instead(good => ({ createMany: async (...args) => (await good.createMany?.(...args))?.toReversed() ?? [] })),
    fails: [
      'batches > createMany answers as many machines as were asked for, in that order',
      'batches > createMany tells of the one that failed in its place, and makes the others',
    ],
  },
  'leaves failures out of batches': {
    ...batched,
    over: instead(good => ({ createMany: async (...args) => ((await good.createMany?.(...args)) ?? []).filter(({ error }) => !error) })),
    fails: ['batches > createMany tells of the one that failed in its place, and makes the others'],
  },
  'ignores tokens in batches': {
    ...batched,
    over: instead(good => {
      let calls = 0
      return {
        createMany: async (requests, call) =>
          (await good.createMany?.(
            requests.map(request => ({ ...request, token: `${request.token}/${++calls}` })),
            call,
          )) ?? [],
      }
    }),
    fails: ['batches > createMany answers repeated requests with the same machines'],
  },
  'deletes the first of a batch': {
    ...batched,
    over: instead(good => ({
      async deleteMany(machines, call) {
        const [first] = machines
        if (first) await good.delete(first, call)
        return machines.map(() => ({ value: undefined }))
      },
    })),
    fails: ['batches > deleteMany answers as many as were asked for, and takes exactly these machines away'],
  },
  'gets other machines than it lists': {
    over: instead(good => ({
      async get(machine, call) {
        const found = await good.get?.(machine, call)
        return found && { ...found, providerID: found.id }
      },
    })),
    fails: ['optional methods > get finds a machine as the list shows it'],
  },
  'throws when it gets a machine that is gone': {
    over: instead(good => ({
      async get(machine, call) {
        const found = await good.get?.(machine, call)
        if (!found || found.state === 'gone') throw new Error('404 Not Found')
        return found
      },
    })),
    fails: ['optional methods > get answers undefined, or gone, for a machine that is no more'],
  },
  'resolves to what is newest now': {
    ...gifts,
    over: both(
      gifted,
      instead(() => {
        let calls = 0
        return { resolve: async config => ({ ...config, image: `debian-13.${++calls}` }) }
      }),
    ),
    fails: ['optional methods > resolve answers the same for the same config, and its own answer for its answer'],
  },
  'resolves to where the newest image is': {
    ...gifts,
    over: both(
      gifted,
      instead(() => ({ resolve: async config => ({ ...config, region: 'elsewhere', image: 'debian-13.2' }) })),
    ),
    fails: ['optional methods > resolve leaves the keys of the connection as they are'],
  },
  'sees drift in a fresh machine': {
    ...gifts,
    over: both(
      gifted,
      instead(() => ({ drift: async () => 'runs another image' })),
    ),
    fails: ['optional methods > drift finds none in a machine that was just made'],
  },
  'has capacity in its own units': {
    ...gifts,
    over: both(
      gifted,
      instead(() => ({ capacity: async () => ({ cpu: '2 cores', memory: '4 GB', pods: '110' }) })),
    ),
    fails: ['optional methods > capacity names cpu, memory and pods in quantities'],
  },
  'notices interruptions for ever': {
    ...gifts,
    over: both(
      gifted,
      instead((_good, { call: { clock } }) => ({
        async *interruptions() {
          await clock.sleep(3_600_000)
          yield { id: 'i-0', reason: 'an hour has passed' }
        },
      })),
    ),
    fails: ['optional methods > interruptions end with their signal'],
  },
  'configures a machine once': {
    manifest: { bootstrap: 'steps', methods: ['get', 'configure'] },
    over: both(
      declaring({ bootstrap: 'steps' }),
      instead(() => {
        const done = new Set<string>()
        return {
          async configure({ id }) {
            if (done.has(id)) throw new Error('configured already')
            done.add(id)
          },
        }
      }),
    ),
    fails: ['optional methods > configure does no harm the second time'],
  },
}
