import { expect } from 'vitest'
import { eventually } from './eventually.ts'
import { claimOf, setOf } from './manifests.ts'
import { story } from './story.ts'
import type { World } from './world.ts'

/** As a rolling update of the controller does it. */
async function restart({ controller, startController, kubectl }: World): Promise<void> {
  await controller.stop('SIGTERM')
  expect(await controller.exited).toEqual({ code: 0, signal: null })
  // Given back, so that the next one need not wait for it to run out.
  expect(await kubectl('-n kube-node-system get lease kube-node -o jsonpath={.spec.holderIdentity}')).toBe('')
  startController()
}

story('a controller that is restarted in the middle of a scale-up makes the rest, and nothing twice', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('create -f -', setOf('workers', 0))
  const cut = cloud.reaches('starting', 8, signal).then(() => cloud.simulated.faults.unavailable(true))
  await kubectl('scale nodeset/workers --replicas=20')
  await cut
  await restart(world)
  expect(cloud.made()).toHaveLength(8)
  cloud.simulated.faults.unavailable(false)
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=20 nodeset/workers --timeout=60s')
  expect(cloud.living()).toHaveLength(20)
  expect(cloud.made()).toHaveLength(20)
})

story('a controller that is restarted in the middle of a scale-down deletes the rest, and nothing else', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const cut = cloud.reaches('stopping', 3, signal).then(() => cloud.simulated.faults.unavailable(true))
  await kubectl('scale nodeset/workers --replicas=4')
  await cut
  await restart(world)
  await eventually({ signal }, () => expect(cloud.living()).toHaveLength(17))
  cloud.simulated.faults.unavailable(false)
  await eventually({ signal }, async () => {
    expect((await kubectl('get nodes -o name')).trim().split('\n')).toHaveLength(4)
  })
  expect(cloud.living()).toHaveLength(4)
  expect(cloud.made()).toHaveLength(20)
  await kubectl('delete nodeset workers --cascade=foreground --timeout=60s')
  expect(cloud.living()).toEqual([])
})

story('a controller that is restarted while a machine stops lets the Node go once it is gone', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('create -f -', claimOf('node1'))
  await kubectl('wait --for=condition=Ready node/node1 --timeout=60s')
  const stopping = cloud.reaches('stopping', 1, signal)
  await kubectl('delete node node1 --wait=false')
  await stopping
  await restart(world)
  await kubectl('wait --for=delete node/node1 --timeout=60s')
  expect(cloud.living()).toEqual([])
})

story('a second controller on the cluster stands by, and takes over when the first one stops', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const first = world.controller
  const second = world.startController()
  await eventually({ signal }, async () => {
    expect(await second.lastLines()).toMatch(/waiting for the lease kube-node-system\/kube-node, held by controller-/)
  })
  const creations = cloud.simulated.calls.create
  await kubectl('create -f -', setOf('pair', 5))
  await kubectl('wait --for=condition=Available nodeset/pair --timeout=60s')
  expect(cloud.simulated.calls.create - creations).toBe(5)
  expect(await second.lastLines()).not.toContain('machine')

  await first.stop('SIGTERM')
  await kubectl('scale nodeset/pair --replicas=7')
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=7 nodeset/pair --timeout=60s')
  expect(await kubectl('-n kube-node-system get lease kube-node -o jsonpath={.spec.holderIdentity}')).toContain(`${second.name}_`)
  await kubectl('delete nodeset pair --cascade=foreground --timeout=60s')
  expect(cloud.living()).toEqual([])
})
