import { join } from 'node:path'
import { expect } from 'vitest'
import type { TestAPI } from 'vitest'
import { Leases, Secrets } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { clusterInfo } from '../kubelet/manifests.ts'
import { root } from '../main-job/kubeNode.ts'
import { classOf } from '../main-job/manifests.ts'
import { nothingTwice } from '../main-job/story.ts'
import { type World, startWorld } from '../main-job/world.ts'
import { storiesIn } from '../story/index.ts'
import { joiningByToken } from './joining.ts'

const startHere = async (): Promise<World> => {
  const provider = join(root, 'e2e/handover/provider.ts')
  const world = await startWorld({ asPrinted: true, nodeNames: 'cloud', provider, joining: joiningByToken })
  const { server, caPem } = world.controlPlane
  await world.kubectl('create -f -', clusterInfo(server, caPem), classOf('told', { bootstrap: { type: 'kubelet' } }))
  return world
}

/** Stories of a cloud that names its nodes, with an installation as a person makes it, and kubelets that have nothing but a token. */
export const story: TestAPI<{ world: World }> = storiesIn(startHere, nothingTwice)

/** The tokens that nobody has taken back. */
export const tokens = async ({ client }: World): Promise<readonly string[]> =>
  (await listAll(client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })).map(
    ({ metadata }) => metadata?.name ?? '',
  )

/** That nothing is left of what these stories have made. */
export const expectNothingLeft = async (world: World): Promise<void> => {
  expect(await world.kubectl('get nodes,nodesets,controllerrevisions -A -o name')).toBe('')
  expect(world.cloud.living()).toEqual([])
  expect(await tokens(world)).toEqual([])
  expect(await listAll(world.client, Leases, { namespace: 'kube-node-lease' })).toEqual([])
}
