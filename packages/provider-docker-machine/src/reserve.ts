import { isDeepStrictEqual } from 'node:util'
import { type CreateRequest, ProviderError } from '@kube-node/core/provider'
import { type DockerMachineConfig, type Host, generic, placeOf, scopeOf } from './config.ts'
import type { Entry, Machines } from './ledger.ts'

export interface Place {
  readonly now: string
  readonly storage: string
  /** When a host could last not be used, in milliseconds: others come first. */
  readonly failedAt: (host: Host) => number
}

/**
 * The ledger with a line for this request: the one that is there, or a new one, for the driver generic with a host that nobody has.
 * @throws ProviderError `InsufficientCapacity` when all hosts serve; `InvalidConfig` when the name is another claim's, or the attempt has
 * a machine of another name.
 */
export const reserved = (machines: Machines, { name, owner, config }: CreateRequest<DockerMachineConfig>, place: Place): Machines => {
  const there = machines[name]
  if (there) {
    if (there.owner.claim === owner.claim && there.owner.cluster === owner.cluster) return machines
    throw new ProviderError('InvalidConfig', `the name ${name} is the one of a machine of another claim`, { outcome: 'none' })
  }
  const same = Object.values(machines).find(entry => isDeepStrictEqual(entry.owner, owner))
  if (same) throw new ProviderError('InvalidConfig', `attempt ${owner.attempt} of this claim is machine ${same.name}`, { outcome: 'none' })
  const host = config.driver === generic ? freeHost(machines, config, place) : undefined
  const entry: Entry = {
    name,
    owner,
    driver: config.driver,
    state: 'creating',
    createdAt: place.now,
    storage: place.storage,
    addresses: [],
    scope: { ...scopeOf(config), ...(host?.zone !== undefined && { zone: host.zone }) },
    ssh: config.ssh,
    ...(host && { host, login: { address: host.address, port: host.port, user: host.user, hostKey: host.hostKey } }),
  }
  return { ...machines, [name]: entry }
}

const freeHost = (machines: Machines, config: DockerMachineConfig, { failedAt }: Place): Host => {
  const { hosts, zone } = config
  const taken = new Set(Object.values(machines).flatMap(({ host }) => (host ? [placeOf(host)] : [])))
  const fitting = hosts.filter(host => zone === undefined || host.zone === zone)
  const free = fitting.filter(host => !taken.has(placeOf(host)))
  const [first] = free.toSorted((a, b) => failedAt(a) - failedAt(b))
  if (first) return first
  const which = zone === undefined ? 'hosts' : `hosts of zone ${zone}`
  throw new ProviderError('InsufficientCapacity', `all ${fitting.length} ${which} of the class serve a claim`, {
    outcome: 'none',
    scope: scopeOf(config),
  })
}
