import { expect } from 'vitest'
import { Nodes, annotations } from '@kube-node/core/api'
import { claimOf, setOf } from './manifests.ts'
import { story } from './story.ts'

story('kill -9 between the creation of a machine and the write of its id: one machine, not two', async ({ world, signal }) => {
  const { kubectl, client, cloud } = world
  cloud.simulated.faults.loseAnswers(1, { operation: 'create', how: 'hang' })
  const made = cloud.reaches('starting', 1, signal)
  await kubectl('create -f -', claimOf('node1'))
  const machine = await made
  await world.controller.stop('SIGKILL')
  const node = await client.get(Nodes, { name: 'node1' })
  expect(JSON.parse(node?.metadata?.annotations?.[annotations.machine] ?? '')).not.toHaveProperty('id')
  expect(JSON.parse(node?.metadata?.annotations?.[annotations.machine] ?? '')).toMatchObject({ attempt: 1 })

  world.startController()
  await kubectl('wait --for=condition=Ready node/node1 --timeout=60s')
  await kubectl('wait --for=jsonpath={.spec.providerID} node/node1 --timeout=60s')
  expect(cloud.made()).toHaveLength(1)
  expect(await kubectl('get node node1 -o jsonpath={.spec.providerID}')).toContain(machine.id)
  await kubectl('delete node node1 --timeout=60s')
  expect(cloud.living()).toEqual([])
})

story('kill -9 twice in the middle of a scale-up, and once on the way back: nothing twice, nothing leaked', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const { faults } = cloud.simulated
  const before = cloud.made().length
  const made = (): number => cloud.made().length - before
  await kubectl('create -f -', setOf('workers', 0))

  // Answers are on their way for 250 ms: not one machine is known to the controller that dies.
  faults.delay(500)
  let killed = cloud.reaches('starting', 5, signal).then(() => {
    faults.unavailable(true)
    return world.controller.stop('SIGKILL')
  })
  await kubectl('scale nodeset/workers --replicas=20')
  await killed
  expect(made()).toBe(5)

  // This time what was sent before still lands after the death.
  faults.unavailable(false)
  killed = cloud.reaches('starting', 5, signal).then(() => world.controller.stop('SIGKILL'))
  await world.succeed()
  await killed

  faults.clear()
  await world.succeed()
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=20 nodeset/workers --timeout=90s')
  expect(cloud.living()).toHaveLength(20)
  expect(made()).toBe(20)

  // On the way back, at the moment when the provider has accepted all deletions.
  killed = cloud.reaches('stopping', 20, signal).then(() => world.controller.stop('SIGKILL'))
  await kubectl('delete nodeset workers --wait=false --cascade=foreground')
  await killed
  expect((await kubectl('get nodes -o name')).trim().split('\n')).toHaveLength(20)
  await world.succeed()
  await kubectl('wait --for=delete nodeset/workers --timeout=60s')
  expect(await kubectl('get nodes -o name')).toBe('')
  expect(cloud.living()).toEqual([])
})
