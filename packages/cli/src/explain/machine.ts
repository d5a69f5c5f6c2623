import { type MachineRecord, createProviders, listMachines } from '@kube-node/core'
import { Namespaces } from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { type Machine, ProviderError } from '@kube-node/core/provider'
import { loadProviders } from '../providers/index.ts'
import type { Host } from '../terminal/index.ts'

/** What a provider says of a claim's machines, asked by us and just now. */
export interface Asked {
  /** In words, why it could not be asked. */
  readonly problem?: string
  /** Those that carry this claim's UID, and the recorded one whatever it carries. */
  readonly machines: readonly (Pick<Machine, 'id' | 'providerID' | 'state' | 'createdAt' | 'zone' | 'instanceType' | 'addresses'> & {
    /** It is the one that the record names. */
    readonly recorded: boolean
    /** In words, what its tags say; who deletes machines goes by them. */
    readonly owner: string
  })[]
  /** Places that did not answer. */
  readonly missing: number
}

export interface Ask {
  readonly modules: readonly string[]
  readonly record: MachineRecord
  readonly claim: string
  /** Where providers' durable entries are kept. */
  readonly namespace: string
}

/**
 * Lists the machines of the record's connection with the class's credentials, and changes nothing.
 * @throws CommandFailed for a module that can't be loaded.
 */
export const askProvider = async (host: Host, client: Client, { modules, record, claim, namespace }: Ask): Promise<Asked> => {
  const providers = createProviders(await loadProviders(modules, host.cwd))
  const provider = providers.get(record.provider)
  if (provider?.kind !== 'machines') {
    return {
      problem: `none of the modules exports provider ${record.provider}; they have: ${providers.names.join(', ')}`,
      machines: [],
      missing: 0,
    }
  }
  const system = await client.get(Namespaces, { name: 'kube-system' }, host.signal)
  const cluster = system?.metadata?.uid ?? ''
  try {
    const { machines, missing } = await listMachines({
      provider,
      reference: record.connection,
      cluster,
      namespace,
      client,
      runtime: host.runtime,
      signal: host.signal,
      log: () => undefined,
    })
    const found = machines.filter(({ id, owner }) => id === record.id || owner?.claim === claim)
    return { machines: found.map(machine => told(machine, record, cluster, claim)), missing: missing.length }
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { problem: `${error.code}: ${error.message}`, machines: [], missing: 0 }
  }
}

const told = (machine: Machine, record: MachineRecord, cluster: string, claim: string): Asked['machines'][number] => {
  const { id, providerID, state, createdAt, zone, instanceType, addresses } = machine
  return {
    id,
    providerID,
    state,
    createdAt,
    ...(zone !== undefined && { zone }),
    ...(instanceType !== undefined && { instanceType }),
    ...(addresses && { addresses }),
    recorded: id === record.id,
    owner: ownerOf(machine, record, cluster, claim),
  }
}

const ownerOf = ({ owner }: Machine, record: MachineRecord, cluster: string, claim: string): string => {
  if (!owner) return 'carries no tags of kube-node: it is never deleted'
  if (owner.cluster !== cluster) return `belongs to another cluster (${owner.cluster})`
  if (owner.controller !== record.controller) return `belongs to another controller (${owner.controller})`
  if (owner.claim !== claim) return `belongs to another claim: ${owner.nodeName} (${owner.claim})`
  return `this claim, attempt ${owner.attempt}`
}
