import { type TestAPI, expect } from 'vitest'
import { type Node, NodeClasses, Nodes, annotations, labels } from '@kube-node/core/api'
import { createSupervisor } from '../control-plane/index.ts'
import { eventually } from '../main-job/eventually.ts'
import { kubeNode } from '../main-job/kubeNode.ts'
import { claimOf } from '../main-job/manifests.ts'
import { nothingTwice } from '../main-job/story.ts'
import { type World, startWorld } from '../main-job/world.ts'
import { storiesIn } from '../story/index.ts'
import { startCloudControllerManager } from './cloudControllerManager.ts'

const story: TestAPI<{ world: World }> = storiesIn(() => startWorld({ flags: ['--cloud-controller-manager'] }), nothingTwice)

const uninitialized = 'node.cloudprovider.kubernetes.io/uninitialized'
/** In the cloud's words, which are not those of the simulated provider. */
const place = { [labels.zone]: 'rack-7', [labels.region]: 'hall-2', [labels.instanceType]: 'ccm.large' }

story('a claim that has joined is initialised by a cloud-controller-manager, and runs then', async ({ world, signal }) => {
  const { kubectl, client, controlPlane } = world
  const get = (): Promise<Node | undefined> => client.get(Nodes, { name: 'a' })
  const taintsOf = (node: Node | undefined): readonly string[] => node?.spec?.taints?.map(({ key }) => key) ?? []
  await using supervisor = createSupervisor()
  const controllers = ['cloud-node-controller', 'cloud-node-lifecycle-controller']
  const manager = await startCloudControllerManager(controlPlane, supervisor, [], controllers)

  await kubectl('create -f -', claimOf('a'))
  const waiting = await eventually({ signal }, async () => {
    const node = await get()
    expect(node?.spec?.providerID).toBeDefined()
    expect(taintsOf(node)).not.toContain('kube-node.dev/not-up')
    return node
  })
  // It takes no pods yet, and its cloud does not know the instance.
  await eventually({ signal }, async () => expect(await manager.log()).toContain("error syncing 'a': failed to get instance metadata"))
  expect(waiting?.spec?.taints).toContainEqual({ key: uninitialized, value: 'true', effect: 'NoSchedule' })
  expect(waiting?.metadata?.annotations?.[annotations.phase]).toBe('Booting')
  for (const key of Object.keys(place)) expect(waiting?.metadata?.labels).not.toHaveProperty([key])
  const { stdout } = await kubeNode(['explain', 'node/a', '--kubeconfig', controlPlane.kubeconfig])
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    `waits for a cloud-controller-manager to initialise it and take taint ${uninitialized} off`,
  )

  await manager.add(waiting?.spec?.providerID ?? '', ...Object.values(place), '10.7.0.1')
  await eventually({ signal }, async () => expect((await get())?.metadata?.annotations?.[annotations.phase]).toBe('Running'))
  expect(await manager.log()).toContain('Successfully initialized node a with cloud provider')
  const running = await get()
  expect(running?.metadata?.uid).toBe(waiting?.metadata?.uid)
  expect(running?.spec?.providerID).toBe(waiting?.spec?.providerID)
  expect(running?.metadata?.labels).toMatchObject(place)
  expect(taintsOf(running)).not.toContain(uninitialized)
  await eventually({ signal }, async () =>
    expect((await get())?.status?.addresses).toContainEqual({ type: 'InternalIP', address: '10.7.0.1' }),
  )

  // Another life of the controller, which has to write to it, and a class that knows better.
  const template = { labels: { tier: 'web', [labels.zone]: 'elsewhere' } }
  await client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { template } } })
  await world.controller.stop('SIGKILL')
  await world.succeed()
  await eventually({ signal }, async () => expect((await get())?.metadata?.labels?.['tier']).toBe('web'))
  const after = await get()
  expect(after?.metadata?.labels).toMatchObject(place)
  expect(taintsOf(after)).not.toContain(uninitialized)
  expect((await manager.log()).split('Successfully initialized node a').length - 1).toBe(1)
  expect(world.cloud.living()).toHaveLength(1)
})
