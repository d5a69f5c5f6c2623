import { type Controller, type NodeSet, NodeSets, defineController, isDeleting, nameOf } from '@kube-node/core'
import { type Farm, Farms } from './farm.ts'

/** Keeps a NodeSet for each Farm, and says on the Farm whether its machines are there. */
export const farmController = (): Controller =>
  defineController({
    name: 'farm',
    for: Farms,
    // A change of a set wakes the farm that owns it.
    owns: [NodeSets],
    async reconcile({ key, object: farm, store, client, event }) {
      if (!farm || isDeleting(farm)) return
      const uid = farm.metadata?.uid ?? ''
      const wanted = farm.spec.nodes

      let set = store(NodeSets).get({ name: key.name })
      if (!set) {
        // What the API server answers is in the store from then on: the next run does not make a second one.
        set = await client.create(NodeSets, nodeSetFor(farm))
        event('Normal', 'NodeSetCreated', `asked for ${wanted} nodes`)
      } else if (!set.metadata?.ownerReferences?.some(owner => owner.uid === uid)) {
        event('Warning', 'NameTaken', `NodeSet ${key.name} is not this farm's: rename one of them`)
        return { after: '1m' }
      } else if (set.spec.replicas !== wanted) {
        set = await client.patch(NodeSets, key, { merge: { spec: { replicas: wanted } } }, { on: { uid: set.metadata?.uid ?? '' } })
      }

      const nodes = set.status?.availableReplicas ?? 0
      const status = { nodes, ready: nodes >= wanted }
      if (farm.status?.nodes === status.nodes && farm.status.ready === status.ready) return
      await client.patch(Farms, key, { merge: { status } }, { subresource: 'status', on: { uid } })
    },
  })

const nodeSetFor = (farm: Farm): NodeSet => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: {
    name: nameOf(farm),
    // With the farm its set goes, and with the set its nodes and their machines.
    ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Farm', name: nameOf(farm), uid: farm.metadata?.uid ?? '', controller: true }],
  },
  spec: { replicas: farm.spec.nodes, nodeClassName: farm.spec.nodeClassName },
})
