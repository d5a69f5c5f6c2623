import { type Node, Nodes } from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import type { SimulatedCloud } from '../cloud/index.ts'
import { region } from './estate.ts'

/** The names of those that ran before kube-node came, by machine. */
export type OldNodes = Map<string, string>

const zone = 'r1-a'

export const providerIdOf = (machineId: string): string => `simulated:///${zone}/${machineId}`

/** A Node as somebody else's tools leave it, with its machine. The kubelet on it says the rest. */
export const oldNode = (name: string, machineId: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { providerID: providerIdOf(machineId) },
})

/** Machines that somebody has made by hand, long ago, and their Nodes. */
export const makeOldNodes = async (count: number, cloud: SimulatedCloud, client: Client, old: OldNodes): Promise<void> => {
  for (let i = 0; i < count; i++) {
    const { id, nodeName: name = `old-${i}` } = cloud.createForeign({ account: 'main', region, zone, name: `old-${i}` })
    old.set(id, name)
    await client.create(Nodes, oldNode(name, id))
  }
}
