import { createHash } from 'node:crypto'
import type { CloudMachine, CreateMachine, Operation, Operations, Refusal, Reply } from './api.ts'
import type { Estate } from './estate.ts'
import type { GroupOperations } from './groups/index.ts'
import type { FaultState } from './faults.ts'
import type { InstanceType, SimulatedMachine } from './machine.ts'

export interface HandlerContext {
  readonly types: Readonly<Record<string, InstanceType>>
  readonly quota: number | undefined
  readonly faults: FaultState
  readonly machines: Estate
  /** The newest image of each family. */
  readonly images: ReadonlyMap<string, string>
  /** Hears of each machine that is asked for. */
  asked(request: CreateMachine): void
  /** How long the next machine boots, in milliseconds. */
  bootMs(): number
  born(facts: MachineFacts, bootMs: number): SimulatedMachine
}

/** What a create decides; the rest of a machine comes from the cloud. */
export type MachineFacts = Pick<
  SimulatedMachine,
  'name' | 'account' | 'region' | 'zone' | 'instanceType' | 'capacityType' | 'image' | 'owner' | 'group' | 'token' | 'userData'
>

/** What the cloud does with a call that reached it: at once, and for one account. */
export type Handlers = {
  readonly [O in Exclude<Operation, keyof GroupOperations>]: (
    request: Operations[O]['request'],
    account: string,
  ) => Reply<Operations[O]['answer']>
}

const refuse = (refusal: Refusal): { readonly refusal: Refusal } => ({ refusal })

export const shown = (m: SimulatedMachine): CloudMachine => ({
  id: m.id,
  name: m.name,
  region: m.region,
  zone: m.zone,
  instanceType: m.instanceType,
  capacityType: m.capacityType,
  ...(m.owner && { owner: m.owner }),
  state: m.state,
  ...(m.state !== 'starting' && { address: m.address, ...(m.nodeName !== undefined && { nodeName: m.nodeName }) }),
  createdAt: new Date(m.createdAt).toISOString(),
})

const fingerprint = (r: CreateMachine): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        r.region,
        r.zone,
        r.instanceType,
        r.capacityType,
        r.image,
        r.name,
        r.userData,
        r.bootMs,
        r.owner.cluster,
        r.owner.controller,
        r.owner.claim,
        r.owner.nodeName,
        r.owner.attempt,
      ]),
    )
    .digest('base64')

export const cloudHandlers = ({ types, quota, faults, machines, images, asked, bootMs, born }: HandlerContext): Handlers => {
  /** What each token was used for; only a create that made something uses its token up, as at EC2. */
  const requests = new Map<string, string>()

  const dark = (zone: string): { readonly refusal: Refusal } | undefined =>
    faults.darkZones.has(zone) ? refuse({ code: 'Unavailable', message: `zone ${zone} can't be reached`, scope: { zone } }) : undefined

  const create = (request: CreateMachine, account: string): Reply<CloudMachine> => {
    asked(request)
    const { region, zone, instanceType, capacityType, image, name, owner, token, uniqueName, userData } = request
    if (token !== undefined) {
      const made = machines.byToken(account, token)
      if (made && requests.get(made.id) !== fingerprint(request)) {
        return refuse({ code: 'InvalidConfig', message: `token ${token} was used for a different request`, outcome: 'unknown' })
      }
      if (made) return { value: shown(made) }
    }
    if (!Object.hasOwn(types, instanceType)) {
      const known = Object.keys(types).join(', ')
      return refuse({ code: 'InvalidConfig', message: `there is no instance type ${instanceType}; there are ${known}`, outcome: 'none' })
    }
    const outage = dark(zone)
    if (outage) return refuse({ ...outage.refusal, outcome: 'none' })
    const existing = uniqueName ? machines.byName(account, name) : undefined
    if (existing) return refuse({ code: 'InvalidConfig', message: `the name ${name} is taken`, outcome: 'none', existing: shown(existing) })
    const scope = { zone, instanceType, capacityType }
    if (faults.outOfStock(scope)) {
      return refuse({
        code: 'InsufficientCapacity',
        message: `${capacityType} ${instanceType} is out of stock in ${zone}`,
        scope,
        outcome: 'none',
      })
    }
    if (quota !== undefined && machines.living(account, region) >= quota) {
      return refuse({ code: 'QuotaExceeded', message: `this account may have ${quota} machines in ${region}`, outcome: 'none' })
    }
    if (faults.isQuotaUsedUp)
      return refuse({ code: 'QuotaExceeded', message: `this account may have no more machines in ${region}`, outcome: 'none' })
    const facts = { name, account, region, zone, instanceType, capacityType, image, owner, ...(token !== undefined && { token }) }
    const bytes = userData === undefined ? undefined : new Uint8Array(Buffer.from(userData, 'base64'))
    const machine = born({ ...facts, ...(bytes && { userData: bytes }) }, request.bootMs ?? bootMs())
    if (token !== undefined) requests.set(machine.id, fingerprint(request))
    return { value: shown(machine) }
  }

  /** What this account can see of it: a foreign account's machine does not exist, nor one that has left the lists. */
  const visible = (id: string, region: string, account: string): SimulatedMachine | undefined => {
    const machine = machines.all.get(id)
    return machine && machine.account === account && machine.region === region && machines.listed(id) ? machine : undefined
  }

  const remove = (id: string, region: string, account: string): Reply<Readonly<Record<string, never>>> => {
    const machine = visible(id, region, account)
    if (!machine) return refuse({ code: 'NotFound', message: `there is no machine ${id} in ${region}`, outcome: 'none' })
    const outage = dark(machine.zone)
    if (outage) return outage
    machines.shutDown(id)
    return { value: {} }
  }

  return {
    create,
    createMany: ({ items }, account) => ({ value: { items: items.map(item => create(item, account)) } }),
    delete: ({ id, region }, account) => remove(id, region, account),
    deleteMany: ({ ids, region }, account) => ({ value: { items: ids.map(id => remove(id, region, account)) } }),
    get({ id, region }, account) {
      const machine = visible(id, region, account)
      return (machine && dark(machine.zone)) ?? { value: machine ? { machine: shown(machine) } : {} }
    },
    newestImage: ({ family }) => ({ value: { image: images.get(family) } }),
    whoami: (_request, account) => ({ value: { account } }),
    adopt({ id, region, owner }, account) {
      const machine = visible(id, region, account)
      if (!machine || machine.state === 'gone')
        return refuse({ code: 'NotFound', message: `there is no machine ${id} in ${region}`, outcome: 'none' })
      const { owner: other } = machine
      if (other && !(other.cluster === owner.cluster && other.claim === owner.claim && other.controller === owner.controller)) {
        return refuse({
          code: 'InvalidConfig',
          message: `machine ${id} belongs to ${other.nodeName} of cluster ${other.cluster}`,
          outcome: 'none',
        })
      }
      return dark(machine.zone) ?? { value: shown(machines.tag(id, owner) ?? machine) }
    },
    list({ region, limit, after }, account) {
      if (faults.listsAreEmpty) return { value: { items: [], missing: [] } }
      const page = machines.page(account, region, Number(after ?? 0), limit)
      return {
        value: {
          items: page.items.filter(m => !faults.darkZones.has(m.zone)).map(shown),
          missing: [...faults.darkZones].map(zone => ({ zone })),
          ...(page.next !== undefined && { next: String(page.next) }),
        },
      }
    },
  }
}
