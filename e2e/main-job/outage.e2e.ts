import { expect } from 'vitest'
import { eventually } from './eventually.ts'
import { setOf } from './manifests.ts'
import { story } from './story.ts'

story('an API server that crashes in the middle of a scale-up: the controller goes on when it is back', async ({ world, signal }) => {
  const {
    kubectl,
    cloud,
    controlPlane: { apiServer },
  } = world
  await kubectl('create -f -', setOf('workers', 0))
  cloud.simulated.faults.delay(600)
  const some = cloud.reaches('starting', 4, signal)
  await kubectl('scale nodeset/workers --replicas=20')
  await some
  await apiServer.stop()
  expect(cloud.living().length).toBeLessThan(20)
  await apiServer.start()
  cloud.simulated.faults.clear()
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=20 nodeset/workers --timeout=60s')
  expect(cloud.living()).toHaveLength(20)
  expect(cloud.made()).toHaveLength(20)
  expect(world.controller.running()).toBe(true)
})

story('an API server that is away for longer than the lease: the controller pauses, and is elected again', async ({ world, signal }) => {
  const {
    kubectl,
    cloud,
    controller,
    controlPlane: { apiServer },
  } = world
  const some = cloud.reaches('stopping', 3, signal)
  cloud.simulated.faults.delay(600)
  await kubectl('scale nodeset/workers --replicas=5')
  await some
  await apiServer.stop()
  await eventually({ signal }, async () => expect(await controller.lastLines()).toContain('standing for election again'))
  cloud.simulated.faults.clear()
  const calls = { ...cloud.simulated.calls }
  await apiServer.start()
  expect(cloud.simulated.calls).toEqual(calls)
  await eventually({ signal }, async () => {
    expect((await kubectl('get nodes -o name')).trim().split('\n')).toHaveLength(5)
  })
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=5 nodeset/workers --timeout=60s')
  expect(cloud.living()).toHaveLength(5)
  expect(cloud.made()).toHaveLength(20)
  await kubectl('delete nodeset workers --cascade=foreground --timeout=60s')
  expect(cloud.living()).toEqual([])
  expect(controller.running()).toBe(true)
})
