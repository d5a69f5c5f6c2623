import { expect } from 'vitest'
import { Nodes, Pods, conditions, findCondition } from '@kube-node/core/api'
import { eventually } from '../main-job/eventually.ts'
import { claimOf } from '../main-job/manifests.ts'
import { witness } from '../story/witness.ts'
import { expectDoneByKubernetes, expectHeldToItsEnd, expectInOrder, isAskedToGo, isGone, isOutOfService, story, when } from './story.ts'

const labels = { app: 'web' }
const statefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    serviceName: 'web',
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 2, containers: [{ name: 'main', image: 'none' }] } },
  },
}
const pod = { namespace: 'default', name: 'web-0' }
/** In the place of a scheduler. */
const binding = { apiVersion: 'v1', kind: 'Binding', metadata: pod, target: { apiVersion: 'v1', kind: 'Node', name: 'a' } }
/** What core adds to a pod's grace period before it takes it for abandoned. */
const slackMs = 10_000

story('a pod that nobody can end any more does not hold its node, and its name is free again', async ({ world, signal }) => {
  const { kubectl, client, cloud, controlPlane } = world
  await using eyes = await witness(controlPlane)
  const nodes = await eyes.record(Nodes)
  const pods = await eyes.record(Pods)
  await kubectl('create -f -', claimOf('a'))
  await kubectl('wait --for=condition=Ready node/a --timeout=60s')
  await kubectl('create -f -', statefulSet)
  await kubectl('wait --for=create pod/web-0 --timeout=30s')
  await kubectl('create --raw=/api/v1/namespaces/default/pods/web-0/binding -f -', binding)
  await kubectl('wait --for=condition=Ready pod/web-0 --timeout=30s')
  const { uid } = (await client.get(Pods, pod))?.metadata ?? {}

  cloud.kubelets.stop(cloud.made()[0] ?? expect.unreachable())
  await kubectl('wait --for=condition=Ready=Unknown node/a --timeout=60s')
  const stopping = cloud.reaches('stopping', 1, signal).then(async () => ({ at: Date.now(), held: await client.get(Pods, pod) }))
  await kubectl('delete node a --wait=false')
  const { at, held } = await stopping
  expect(held?.metadata?.uid).toBe(uid)
  expect(at).toBeGreaterThan(Date.parse(held?.metadata?.deletionTimestamp ?? '') + slackMs)
  await kubectl('wait --for=delete node/a --timeout=60s')
  const said = nodes.map(({ object }) => findCondition(object.status?.conditions, conditions.drained)?.message)
  expect(said).toContainEqual(expect.stringMatching(/^waits for 1 pod: default\/web-0 /))
  expect(said.at(-1)).toBe('the machine is gone; pods to be removed: default/web-0')

  const successor = await eventually(
    { signal },
    () => pods.find(({ event, object }) => event === 'ADDED' && object.metadata?.uid !== uid) ?? expect.unreachable(),
  )
  expect(successor.object.metadata?.name).toBe('web-0')
  await eventually({ signal }, () => expect(nodes.some(isGone)).toBe(true))
  const freed = { podGone: when(pods, isGone) }
  expectInOrder({
    ...{ nodeAsked: when(nodes, isAskedToGo), podAsked: when(pods, isAskedToGo), tainted: when(nodes, isOutOfService) },
    ...{ ...freed, nodeGone: when(nodes, isGone) },
  })
  expectInOrder({ ...freed, successor: successor.revision })
  expectHeldToItsEnd(nodes)
  expect(cloud.living()).toEqual([])
  await expectDoneByKubernetes(world, { attachments: false })
})
