import { expect } from 'vitest'
import { Nodes, labels } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import type { World } from '../main-job/world.ts'
import { replicas, story } from './story.ts'
import { takenOf } from './verdict.ts'

const succeeded = 'nodeset "workers" successfully rolled out'
const changeClass = ({ kubectl }: World, image: string): Promise<string> =>
  kubectl(`patch nodeclass small --type=merge -p ${JSON.stringify({ spec: { config: { image } } })}`)
const nodesIn = async ({ client }: World): Promise<number> => (await listAll(client, Nodes)).length

story('a class change of 20 nodes, 3 above and 1 below, under a PodDisruptionBudget', async ({ world, stage, signal }) => {
  const before = new Set(world.cloud.living())
  await changeClass(world, 'debian-14')
  const told = (await stage.rollout('status', 'nodeset/workers', '--timeout', '180s')).trimEnd().split('\n')
  expect(told.at(-1)).toBe(succeeded)
  expect(told.some(line => line.startsWith('Waiting for nodeset "workers" rollout to finish: '))).toBe(true)
  await stage.judge('a class change of 20 nodes', signal)
  expect(world.cloud.living()).toHaveLength(replicas)
  expect(world.cloud.living().filter(machine => before.has(machine))).toEqual([])
})

story('kubectl scale in the middle of it: from 20 to 8, of which none is old at the end', async ({ world, stage, signal }) => {
  await changeClass(world, 'debian-15')
  await stage.recording.until(() => stage.now().fresh >= 3 && stage.now().old > 8, signal)
  await world.kubectl('scale nodeset/workers --replicas=8')
  expect(await stage.rollout('status', 'nodeset/workers', '--timeout', '120s')).toContain(succeeded)
  expect((await stage.judge('kubectl scale in the middle', signal)).at(-1)).toMatchObject({ total: 8, fresh: 8, old: 0, available: 8 })
  expect(world.cloud.living()).toHaveLength(8)
})

story('kube-node rollout undo in the middle: what was old is new again, and stays', async ({ world, stage, signal }) => {
  const { client, kubectl } = world
  await changeClass(world, 'debian-16')
  await stage.recording.until(() => stage.now().fresh >= 3 && stage.now().old >= 2, signal)
  expect(await stage.rollout('undo', 'nodeset/workers')).toContain('nodeclass/small  spec.config.image "debian-16" -> "debian-15"\n')
  expect(await stage.rollout('status', 'nodeset/workers', '--timeout', '120s')).toContain(succeeded)
  const moments = await stage.judge('kube-node rollout undo in the middle', signal)
  expect(moments.at(-1)).toMatchObject({ total: 8, fresh: 8, old: 0, available: 8 })
  expect(await kubectl('get nodeclass small -o jsonpath={.spec.config.image}')).toBe('debian-15')

  const revision = (await listAll(client, Nodes))[0]?.metadata?.labels?.[labels.revision] ?? ''
  expect(takenOf(stage.recording.steps, moments[0]?.version ?? 0, revision)).toEqual([])
})

story('kill -9 of the controller in the middle: its successor goes on', async ({ world, stage, signal }) => {
  await changeClass(world, 'debian-17')
  await stage.recording.until(() => {
    const { fresh, old, total } = stage.now()
    return fresh >= 3 && old >= 2 && total > fresh + old
  }, signal)
  await world.controller.stop('SIGKILL')
  const { fresh, old } = stage.now()
  expect(fresh + old).toBeGreaterThan(0)
  // Without the 15 s for which the lease of the dead would bind.
  await world.kubectl('-n kube-node-system delete lease kube-node')
  world.startController()
  expect(await stage.rollout('status', 'nodeset/workers', '--timeout', '120s')).toContain(succeeded)
  expect((await stage.judge('kill -9 in the middle', signal)).at(-1)).toMatchObject({ total: 8, fresh: 8, old: 0, available: 8 })
  expect(world.cloud.living()).toHaveLength(8)
  expect(await nodesIn(world)).toBe(8)
})
