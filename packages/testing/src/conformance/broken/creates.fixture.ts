import { type Machine, ProviderError } from '@kube-node/core/provider'
import { type Broken, instead, showing } from './instead.fixture.ts'

export const creates: Readonly<Record<string, Broken>> = {
  'ignores the token': {
    over: instead(good => {
      let calls = 0
      return { create: (request, call) => good.create({ ...request, token: `${request.token}/${++calls}` }, call) }
    }),
    fails: [
      'idempotency > answers a repeated request with the same machine',
      'idempotency > makes one machine of ten requests at once',
      'idempotency > answers the machine that was made when the first answer got lost',
      'idempotency > makes no second machine of one token, whatever else the request says',
      'idempotency > makes no second machine of the token of one that is gone',
    ],
  },
  'remembers the token only as long as it runs one call at a time': {
    over: instead(good => {
      const done = new Set<string>()
      let under = 0
      return {
        async create(request, call) {
          under++
          const token = done.has(request.token) || under === 1 ? request.token : `${request.token}/${under}`
          try {
            return await good.create({ ...request, token }, call)
          } finally {
            under--
            done.add(request.token)
          }
        },
      }
    }),
    fails: ['idempotency > makes one machine of ten requests at once'],
  },
  'takes the claim for its token': {
    over: instead(good => ({
      create: (request, call) =>
        good.create({ ...request, token: request.owner.claim, owner: { ...request.owner, attempt: 1 }, name: 'n' }, call),
    })),
    fails: ["create > writes the owner's tags and reads them back", 'idempotency > makes another machine for another attempt'],
  },
  'answers whoever has the name': {
    provider: { idempotency: 'unique-name' },
    manifest: { idempotency: 'unique-name' },
    over: instead((good, _context, cloud) => ({
      async create(request, call) {
        const taken = cloud.machines().find(({ name, state }) => name === request.name && state !== 'gone')
        if (!taken) return good.create(request, call)
        for await (const { items } of good.list(call)) for (const machine of items) if (machine.id === taken.id) return machine
        const { id, zone } = taken
        return { id, providerID: `simulated:///${zone}/${id}`, state: 'running', createdAt: '2026-01-01T00:00:00Z' }
      },
    })),
    fails: ["idempotency > does not take another claim's machine for its own because it has the name"],
  },
  'forgets the tags': {
    over: showing(({ owner: _owner, ...machine }) => machine),
    fails: [
      "create > writes the owner's tags and reads them back",
      "optional methods > adopt makes a machine that nobody owns the claim's own, also when it is asked again",
    ],
  },
  'forgets the tags, and needs them to look up': {
    provider: { idempotency: 'lookup' },
    manifest: { idempotency: 'lookup' },
    over: showing(({ owner: _owner, ...machine }) => machine),
    fails: [
      "create > writes the owner's tags and reads them back",
      'idempotency > shows a machine whose answer got lost to the list that core looks it up in',
      "optional methods > adopt makes a machine that nobody owns the claim's own, also when it is asked again",
    ],
  },
  'has no providerID': {
    over: showing(machine => ({ ...machine, providerID: '' })),
    fails: [
      'create > answers a providerID as a cloud-controller-manager would write it',
      "optional methods > adopt leaves another claim's machine to it",
    ],
  },
  'changes the providerID after the create': {
    over: instead(good => ({
      async create(request, call) {
        const machine = await good.create(request, call)
        return { ...machine, providerID: machine.providerID.replace('local-a/', '') }
      },
    })),
    fails: ['create > keeps id and providerID from the create on'],
  },
  'answers before the machine has an id': {
    over: instead(good => ({ create: async (request, call) => ({ ...(await good.create(request, call)), createdAt: 'now' }) })),
    fails: ['create > answers a machine with an id, a state and the time of its creation'],
  },
  'makes one machine for all': {
    over: instead(good => {
      let first: Machine | undefined
      return { create: async (request, call) => (first ??= await good.create(request, call)) }
    }),
    fails: [
      'create > answers a providerID as a cloud-controller-manager would write it',
      'create > makes different machines of different requests',
      'idempotency > makes another machine for another attempt',
      'idempotency > makes no second machine of the token of one that is gone',
      'list > shows every machine once, over all its pages',
      'delete > takes no other machine away',
      'errors > Unavailable, when the cloud can not be reached: never an empty list',
      'errors > a ProviderError that proves nothing, when a proxy answers in place of the cloud',
      'dispose > takes neither machines nor other connections along',
    ],
  },
  'makes one too many': {
    over: instead(good => ({
      async create(request, call) {
        const machine = await good.create(request, call)
        await good.create({ ...request, token: `${request.token}/spare`, name: `${request.name.slice(0, 50)}-spare` }, call)
        return machine
      },
    })),
    fails: [
      'create > makes one machine a request, and no more',
      'idempotency > answers a repeated request with the same machine',
      'idempotency > makes one machine of ten requests at once',
      'idempotency > answers the machine that was made when the first answer got lost',
      'idempotency > makes no second machine of one token, whatever else the request says',
      'idempotency > makes no second machine of the token of one that is gone',
      'delete > takes the machine away',
      'delete > takes no other machine away',
      "delete > leaves somebody else's machines alone",
      'errors > QuotaExceeded, for an account that is full',
      'limits > takes names as long as it declares',
      'dispose > takes neither machines nor other connections along',
    ],
  },
  'takes user data for text': {
    over: instead(good => ({
      create(request, call) {
        if (request.bootstrap.kind !== 'user-data') return good.create(request, call)
        const bytes = new TextEncoder().encode(new TextDecoder().decode(request.bootstrap.bytes))
        return good.create({ ...request, bootstrap: { kind: 'user-data', bytes } }, call)
      },
    })),
    fails: ['create > gives the machine its user data to the last byte'],
  },
  'can not do without user data': {
    over: instead(good => ({
      async create(request, call) {
        if (request.bootstrap.kind === 'none') throw new ProviderError('InvalidConfig', 'where is the user data?')
        return good.create(request, call)
      },
    })),
    fails: ['create > makes a machine without user data when none is given'],
  },
  'takes shorter names than it declares': {
    over: instead(good => ({
      async create(request, call) {
        if (request.name.length > 40) throw new ProviderError('InvalidConfig', 'the name is too long')
        return good.create(request, call)
      },
    })),
    fails: ['limits > takes names as long as it declares'],
  },
  'takes less user data than it declares': {
    provider: { maxUserData: 4_096 },
    manifest: { maxUserData: 4_096 },
    over: instead(good => ({
      async create(request, call) {
        const { bootstrap } = request
        if (bootstrap.kind === 'user-data' && bootstrap.bytes.length >= 4_096) throw new ProviderError('InvalidConfig', 'too long')
        return good.create(request, call)
      },
    })),
    fails: ['limits > takes user data as long as it declares'],
  },
  'cuts user data that is too long': {
    provider: { maxUserData: 4_096 },
    manifest: { maxUserData: 4_096 },
    over: instead(good => ({
      create(request, call) {
        if (request.bootstrap.kind !== 'user-data') return good.create(request, call)
        return good.create({ ...request, bootstrap: { kind: 'user-data', bytes: request.bootstrap.bytes.slice(0, 4_096) } }, call)
      },
    })),
    fails: ['limits > refuses longer user data before it makes anything, or takes it whole'],
  },
  'changes the config that it is given': {
    over: instead(good => ({
      create(request, call) {
        Object.assign(request.config, { zone: 'local-a' })
        return good.create(request, call)
      },
    })),
    fails: ['plain data > that it was given stays as it was', 'plain data > may be frozen'],
  },
  'answers what JSON can not carry': {
    over: showing(machine => ({ ...machine, ...({ nodeName: undefined } as object) })),
    fails: ['plain data > is what create and list answer: it survives JSON as it is'],
  },
}
