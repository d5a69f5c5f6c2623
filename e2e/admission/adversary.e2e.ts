import { expect } from 'vitest'
import { type Node, Nodes, annotations } from '@kube-node/core/api'
import { createSupervisor } from '../control-plane/index.ts'
import { eventually } from '../main-job/eventually.ts'
import { claimOf } from '../main-job/manifests.ts'
import { startCloudControllerManager } from './cloudControllerManager.ts'
import { story } from './story.ts'

const nodeOf = (name: string, providerID: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { providerID } })

story(
  'a cloud-controller-manager that knows no machine of ours leaves claims alone until they run, and only by the policy',
  async ({ world, signal }) => {
    const { kubectl, client, cloud, controlPlane } = world
    const get = (name: string): Promise<Node | undefined> => client.get(Nodes, { name })
    await using supervisor = createSupervisor()
    const adversary = await startCloudControllerManager(controlPlane, supervisor, ['other:///1'])

    // It does its work: of two Nodes that are not ready and no claims, the one without an instance goes.
    await kubectl('create -f -', nodeOf('known', 'other:///1'))
    await kubectl('create -f -', nodeOf('unknown', 'other:///2'))
    await eventually({ signal }, async () => expect(await get('unknown')).toBeUndefined())
    expect(await get('known')).toBeDefined()

    cloud.simulated.faults.stockout({})
    await kubectl('create -f -', claimOf('a'))
    const claimed = await client.get(Nodes, { name: 'a' })
    const denials = async (name: string): Promise<number> => (await adversary.log()).split(`nodes \\"${name}\\" is forbidden`).length - 1
    await eventually({ signal }, async () => expect(await denials('a')).toBeGreaterThan(10))
    expect(await adversary.log()).toContain('early-deletion.kube-node.dev')
    cloud.simulated.faults.restock()
    await eventually({ signal }, async () => {
      const node = await client.get(Nodes, { name: 'a' })
      expect(node?.metadata?.uid).toBe(claimed?.metadata?.uid)
      expect(node?.metadata?.annotations?.[annotations.phase]).toBe('Running')
    })
    expect((await client.get(Nodes, { name: 'a' }))?.metadata?.deletionTimestamp).toBeUndefined()

    // The guard taken out, the same claim would not live to see its machine.
    await kubectl('delete validatingadmissionpolicybinding early-deletion.kube-node.dev')
    cloud.simulated.faults.stockout({})
    // The API server notices a moment later; by then some claim has gone.
    let made = 0
    await eventually({ signal }, async () => {
      made += 1
      await kubectl('create -f -', claimOf(`b${made}`))
      await eventually({ signal, withinMs: 3_000 }, async () => expect(await get(`b${made}`)).toBeUndefined())
    })
    expect(await adversary.log()).toContain(`deleting node since it is no longer present in cloud provider: b${made}`)
    cloud.simulated.faults.restock()
    expect((await client.get(Nodes, { name: 'a' }))?.metadata?.deletionTimestamp, 'one that runs is ready, and left alone').toBeUndefined()
  },
)
