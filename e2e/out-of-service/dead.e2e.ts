import { expect } from 'vitest'
import { Nodes, Pods, VolumeAttachments, conditions, findCondition, nameOf } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { eventually } from '../main-job/eventually.ts'
import { claimOf } from '../main-job/manifests.ts'
import { witness } from '../story/witness.ts'
import { expectDoneByKubernetes, expectHeldToItsEnd, expectInOrder, isAskedToGo, isGone, isOutOfService, story, when } from './story.ts'
import { attach, saysOfVolumes, uniqueName, volume } from './volume.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    nodeName: 'a',
    containers: [{ name: 'main', image: 'none' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  },
}

story('of a machine that died by itself, Kubernetes frees pods and volumes before its Node goes', async ({ world, signal }) => {
  const { kubectl, client, cloud, controlPlane } = world
  await using eyes = await witness(controlPlane)
  await attach(eyes, client)
  const nodes = await eyes.record(Nodes)
  const pods = await eyes.record(Pods)
  const attachments = await eyes.record(VolumeAttachments)
  await kubectl('create -f -', claimOf('a'), claimOf('other'))
  await kubectl('wait --for=condition=Ready node/a node/other --timeout=60s')
  await saysOfVolumes(controlPlane, 'a', [])
  await kubectl('create -f -', ...volume('data'), pod)
  await kubectl('wait --for=condition=Ready pod/web --timeout=60s')
  await eventually({ signal }, async () => {
    expect((await listAll(client, VolumeAttachments)).map(({ spec, status }) => [spec?.nodeName, status?.attached])).toEqual([['a', true]])
    expect(await kubectl('get node a -o jsonpath={.status.volumesAttached[*].name}')).toBe(uniqueName('data'))
  })
  // Nobody will be there to say that it is not mounted any more: without the taint Kubernetes would wait for six minutes.
  await saysOfVolumes(controlPlane, 'a', ['data'])

  const { id } = cloud.simulated.machines().find(({ owner }) => owner?.nodeName === 'a') ?? expect.unreachable()
  cloud.simulated.kill(id)
  // At rest the provider is asked once a minute; while another machine goes, every 2 s.
  await kubectl('delete node other')
  await kubectl('wait --for=delete node/a --timeout=60s')
  const node = await eventually({ signal }, () => {
    const moments = nodes.filter(({ object }) => nameOf(object) === 'a')
    expect(moments.some(isGone)).toBe(true)
    return moments
  })
  expect(await listAll(client, VolumeAttachments)).toEqual([])
  expect(await listAll(client, Pods)).toEqual([])

  const [begin, end] = [{ nodeAsked: when(node, isAskedToGo), tainted: when(node, isOutOfService) }, { nodeGone: when(node, isGone) }]
  expectInOrder({ ...begin, podAsked: when(pods, isAskedToGo), podGone: when(pods, isGone), ...end })
  expectInOrder({ ...begin, detaching: when(attachments, isAskedToGo), detached: when(attachments, isGone), ...end })
  expectHeldToItsEnd(node)
  const said = node.map(({ object }) => findCondition(object.status?.conditions, conditions.drained)?.reason ?? 'nothing')
  expect(new Set(said), 'nothing is evicted from a machine that is gone').toEqual(new Set(['nothing', 'OutOfService']))
  await expectDoneByKubernetes(world, { attachments: true })
})
