import { Nodes, annotations } from '@kube-node/core/api'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { type World, classOf, setOf, story } from './world.ts'

const orders = (world: World): readonly number[] =>
  ['nodePools.setSize', 'instanceGroupManagers.createInstances', 'instanceGroupManagers.deleteInstances'].map(world.asked)

story('machines that GKE recreates under their names are other ones, and nobody fights it', async ({ world, signal }) => {
  const { google, kubectl, client } = world
  google.gke.makePool('web', 3, { zones: ['europe-west1-b'] })
  await kubectl('create -f -', classOf(world, 'pools'))
  await kubectl('create -f -', setOf('web', { nodeClassName: 'pools', group: { id: 'web' } }))
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=3 nodeset/web --timeout=90s')
  const names = world.alive('web')
  const [chosen = ''] = names
  const idOf = (name: string): string => google.gke.vmsOf('web').find(vm => vm.name === name)?.id ?? ''
  const old = idOf(chosen)
  const before = orders(world)

  const over = google.gke.working('UPGRADE_NODES', 'web')
  await eventually({ signal }, async () =>
    expect(await kubectl('get nodeset web -o jsonpath={.status.conditions}')).toContain('UPGRADE_NODES'),
  )
  google.gke.recreate(chosen)
  await eventually({ signal, withinMs: 120_000 }, async () => {
    const id = idOf(chosen)
    expect(id).not.toBe(old)
    const node = await client.get(Nodes, { name: chosen })
    expect(node?.metadata?.deletionTimestamp).toBeUndefined()
    expect(node?.metadata?.annotations?.[annotations.machine]).toContain(id)
  })
  over()
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=3 nodeset/web --timeout=90s')
  await kubectl('wait --for=condition=GroupReady nodeset/web --timeout=60s')
  expect(world.alive('web')).toEqual(names)
  expect(orders(world)).toEqual(before)
})
