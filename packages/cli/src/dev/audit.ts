import { claimOf } from '@kube-node/core'
import { type Node, nameOf } from '@kube-node/core/api'
import type { SimulatedMachine } from '@kube-node/testing/cloud'

/** How the cloud's machines and the cluster's claims go together. */
export interface Audit {
  /** Machines that cost money now. */
  readonly alive: number
  /** Those of them that no claim stands for. */
  readonly leaked: readonly SimulatedMachine[]
  /** Claims without a living machine. */
  readonly bare: readonly Node[]
  /** UIDs that ever had more than one machine, dead ones included. */
  readonly twins: readonly string[]
  /** All that were ever made. */
  readonly made: number
}

/** Machines of nobody (foreign ones) are none of our business. */
export const audit = (claims: readonly Node[], machines: readonly SimulatedMachine[]): Audit => {
  const owned = machines.filter(machine => machine.owner !== undefined)
  const alive = owned.filter(machine => machine.state !== 'gone')
  const uids = new Set<string | undefined>(claims.map(claimOf))
  const perClaim = Map.groupBy(owned, machine => machine.owner?.claim ?? '')
  return {
    alive: alive.length,
    leaked: alive.filter(machine => !uids.has(machine.owner?.claim)),
    bare: claims.filter(claim => !alive.some(machine => machine.owner?.claim === claimOf(claim))),
    twins: [...perClaim].filter(([, made]) => made.length > 1).map(([uid]) => uid),
    made: owned.length,
  }
}

/** What is not as it must be, in words. `expected`: how many machines ought to have been made. */
export const findings = ({ leaked, bare, twins, made }: Audit, expected: number): readonly string[] => [
  ...(leaked.length > 0 ? [`${leaked.length} machines leaked: ${leaked.map(machine => machine.id).join(', ')}`] : []),
  ...(bare.length > 0 ? [`${bare.length} nodes have no machine: ${bare.map(nameOf).join(', ')}`] : []),
  ...(twins.length > 0 ? [`${twins.length} nodes had more than one machine: ${twins.join(', ')}`] : []),
  ...(made === expected ? [] : [`${made} machines were made for ${expected} nodes`]),
]
