import { expect } from 'vitest'
import { Pods, nameOf } from '@kube-node/core/api'
import { eventually } from './eventually.ts'
import { claimOf } from './manifests.ts'
import { story } from './story.ts'
import type { World } from './world.ts'

const labels = { app: 'web' }
const template = (app: string): object => ({ metadata: { labels: { app } }, spec: { containers: [{ name: 'main', image: 'none' }] } })
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: labels }, template: template('web') },
}
const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent') },
}
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { minAvailable: 2, selector: { matchLabels: labels } },
}
const list = (...items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })

/** Names of the pods on a node that run and are not on their way out. */
async function podsOn({ client }: World, node: string, app: string): Promise<string[]> {
  const names: string[] = []
  for await (const page of client.pages(Pods, { namespace: 'default', labels: `app=${app}`, fields: `spec.nodeName=${node}` })) {
    for (const pod of page) {
      if (pod.status?.phase === 'Running' && pod.metadata?.deletionTimestamp === undefined) names.push(nameOf(pod))
    }
  }
  return names
}

story('a deleted Node is drained as its PodDisruptionBudget allows, and its machine goes after the last pod', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('create -f -', claimOf('old'))
  await kubectl('wait --for=condition=Ready node/old --timeout=60s')
  await kubectl('create -f -', list(deployment, daemonSet, budget))
  await eventually({ signal }, async () => {
    expect(await podsOn(world, 'old', 'web')).toHaveLength(2)
    expect(await podsOn(world, 'old', 'agent')).toHaveLength(1)
  })
  await kubectl('wait --for=jsonpath={.status.currentHealthy}=2 pdb/web --timeout=30s')
  await kubectl('create -f -', claimOf('new'))
  await kubectl('wait --for=condition=Ready node/new --timeout=60s')

  const stopping = cloud.reaches('stopping', 1, signal).then(async machine => ({
    node: machine.owner?.nodeName,
    web: await podsOn(world, 'old', 'web'),
    agent: await podsOn(world, 'old', 'agent'),
  }))
  await kubectl('delete node old --wait=false')
  await kubectl('wait --for=condition=Drained=false node/old --timeout=30s')
  // kubectl describe says which pods it waits for, and in the API server's own words why.
  await eventually({ signal }, async () => {
    const description = await kubectl('describe node old')
    const each = /default\/web-\S+ \(The disruption budget web needs 2 healthy pods and has 2 currently\)/.source
    expect(description).toMatch(new RegExp(`Drained\\s+False.*EvictionRefused\\s+waits for 2 pods: ${each}, ${each}`))
  })
  expect(await podsOn(world, 'old', 'web')).toHaveLength(2)
  expect(cloud.living()).toHaveLength(2)

  await kubectl('patch pdb web --type=merge -p {"spec":{"minAvailable":1}}')
  expect(await stopping).toMatchObject({ node: 'old', web: [], agent: [expect.stringContaining('agent-')] })
  await kubectl('wait --for=delete node/old --timeout=60s')
  await kubectl('wait --for=condition=Available deployment/web --timeout=60s')
  expect(await podsOn(world, 'new', 'web')).toHaveLength(2)
  expect(cloud.living()).toHaveLength(1)

  await kubectl('delete pdb/web deployment/web daemonset/agent')
  await kubectl('delete node new --timeout=60s')
  expect(cloud.living()).toEqual([])
})
