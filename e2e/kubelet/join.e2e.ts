import { expect } from 'vitest'
import { Nodes, conditionStatus, finalizers } from '@kube-node/core/api'
import { eventually } from '../main-job/eventually.ts'
import { bootstrapTokens, requests, running } from './look.ts'
import { leftOf } from './leftovers.ts'
import { claim, pod } from './manifests.ts'
import { story } from './story.ts'

story('a claim is joined by a real kubelet that nothing but its bootstrap has started', async ({ world, signal }) => {
  const { kubectl, client, cloud } = world
  await kubectl('create -f -', claim('worker-1'))
  const claimed = await client.get(Nodes, { name: 'worker-1' })
  const node = await running(world, 'worker-1', signal)
  const [made, ...others] = cloud.made()
  expect(others).toEqual([])

  expect(node?.metadata?.uid).toBe(claimed?.metadata?.uid)
  expect(node?.metadata?.finalizers).toEqual([finalizers.machine])
  expect(node?.status?.nodeInfo?.kubeletVersion).toBe('v1.37.2')
  expect(conditionStatus(node?.status?.conditions, 'Ready')).toBe('True')
  // The kubelet was told of other labels, and did not write them: it found a Node.
  expect(node?.metadata?.labels).toMatchObject({ 'kube-node.dev/class': 'small', 'example.com/mine': 'yes', tier: 'web' })
  expect(node?.metadata?.labels).not.toHaveProperty('rank')
  expect(node?.spec?.taints).toEqual([{ key: 'example.com/only', value: 'stories', effect: 'NoSchedule' }])
  expect(node?.spec?.providerID).toBe(made?.machine.providerID)
  expect(await bootstrapTokens(world)).toEqual([])
})

story('both of its certificates were approved by us, and signed by the cluster', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const [address] = cloud.made()[0]?.machine.addresses ?? []
  const all = await eventually({ signal }, async () => {
    const found = await requests(world)
    expect(found.map(({ status }) => status?.certificate !== undefined)).toEqual([true, true])
    return found
  })
  expect(
    all.map(({ spec, status }) => [spec.signerName, spec.username, status?.conditions?.map(({ type, reason }) => `${type} ${reason}`)]),
  ).toEqual(
    expect.arrayContaining([
      ['kubernetes.io/kube-apiserver-client-kubelet', expect.stringMatching(/^system:bootstrap:/), ['Approved KubeNodeFirstJoin']],
      ['kubernetes.io/kubelet-serving', 'system:node:worker-1', ['Approved KubeNodeServing']],
    ]),
  )
  expect(await kubectl('get node worker-1 -o jsonpath={.status.addresses}')).toContain(
    `"address":"${address?.address}","type":"InternalIP"`,
  )
})

story('a pod runs there, and kubectl logs and exec reach it through the serving certificate', async ({ world, signal }) => {
  const { kubectl } = world
  await kubectl('create -f -', pod('hello', 'good-morning'))
  await kubectl('wait --for=condition=Ready pod/hello --timeout=60s')
  expect(await kubectl('get pod hello -o jsonpath={.spec.nodeName}')).toBe('worker-1')
  await eventually({ signal }, async () => expect(await kubectl('logs hello')).toBe('good-morning\n'))
  expect(await kubectl('exec hello -- /bin/busybox hostname')).toBe('hello\n')
})

story('kubectl delete node drains it and takes the machine down, and nothing is left of it', async ({ world }) => {
  const { kubectl, cloud } = world
  const [made] = cloud.made()
  expect(await leftOf(made?.machine.id ?? '')).not.toEqual([])
  await kubectl('delete node worker-1 --timeout=60s')
  expect(await kubectl('get pods -o name')).toBe('')
  expect(cloud.made().map(({ machine }) => machine.state)).toEqual(['gone'])
  expect(await leftOf(made?.machine.id ?? '')).toEqual([])
  expect(await bootstrapTokens(world)).toEqual([])
})
