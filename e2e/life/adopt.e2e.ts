import { expect } from 'vitest'
import { type Node, Nodes, annotations, finalizers, labels } from '@kube-node/core/api'
import { eventually } from '../main-job/eventually.ts'
import { type Answered, kubeNode } from '../main-job/kubeNode.ts'
import type { World } from '../main-job/world.ts'
import { story } from './story.ts'

const rbac = 'rbac.authorization.k8s.io'

/** What a developer of that control plane may do with nodes; `verbs` are ours, on the class `small`. */
const developer = (...verbs: readonly string[]): string => {
  const metadata = { name: 'story-developer' }
  const rules = [
    { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'patch', 'delete'] },
    { apiGroups: ['kube-node.dev'], resources: ['nodeclasses'], verbs: ['get', ...verbs], resourceNames: ['small'] },
  ]
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name: metadata.name }
  const subjects = [{ apiGroup: rbac, kind: 'User', name: 'developer' }]
  const items = [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
  ]
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}

/** A machine that somebody made by hand, and the Node that its kubelet has registered. */
const oldNode = async ({ cloud, kubectl }: World, name: string): Promise<string> => {
  const { id } = cloud.simulated.createForeign()
  const now = new Date().toISOString()
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now }
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { theirs: 'x' } },
    spec: { providerID: `simulated:///local-a/${id}` },
    status: { nodeInfo: { kubeletVersion: 'v1.37.2' }, conditions: [ready] },
  }
  await kubectl(`create --validate=false --as=system:node:${name} --as-group=system:nodes -f -`, JSON.stringify(node))
  return id
}

const get = ({ client }: World, name: string): Promise<Node | undefined> => client.get(Nodes, { name })
const adopt = ({ controlPlane }: World, ...args: readonly string[]): Promise<Answered> =>
  kubeNode(['adopt', ...args, '--class', 'small', '--kubeconfig', controlPlane.users.developer.kubeconfig])

story('who lacks the verb "adopt" is told so, and the Node stays nobody\'s claim', async ({ world, signal }) => {
  await world.kubectl('apply -f -', developer('use'))
  await oldNode(world, 'theirs')
  const answer = await eventually({ signal }, async () => {
    const said = await adopt(world, 'node/theirs')
    expect(said.stderr).toContain('developer may not adopt Nodes for NodeClass small')
    return said
  })
  expect(answer.code).toBe(1)
  expect(answer.stderr).toContain('an administrator grants it with the verb "adopt" on nodeclasses.kube-node.dev')
  expect((await adopt(world, 'node/theirs', '--dry-run')).code).toBe(1)
  expect((await get(world, 'theirs'))?.metadata?.labels).not.toHaveProperty([labels.class])
  await world.kubectl('delete node theirs')
})

story('a Node that runs is adopted as it is, and from then on deleted with its machine', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('apply -f -', developer('use', 'adopt'))
  const id = await oldNode(world, 'old')
  await eventually({ signal }, () => expect(cloud.simulated.machine(id)?.state).toBe('running'))
  const before = await get(world, 'old')
  const made = cloud.made().length

  const answer = await eventually({ signal }, async () => {
    const said = await adopt(world, 'node/old', '--wait')
    expect(said).toMatchObject({ code: 0, stderr: '' })
    return said
  })
  expect(answer.stdout).toContain(`node/old adopted: machine ${id} at simulated`)
  const after = await eventually({ signal }, async () => {
    const node = await get(world, 'old')
    expect(node?.metadata?.annotations?.[annotations.phase]).toBe('Running')
    expect(node?.metadata?.labels).toMatchObject({ theirs: 'x', tier: 'web', [labels.class]: 'small' })
    return node
  })
  expect(after?.metadata?.uid).toBe(before?.metadata?.uid)
  expect(after?.metadata?.finalizers).toEqual([finalizers.machine])
  expect(after?.metadata?.annotations).not.toHaveProperty([annotations.adopt])
  expect(after?.spec).toMatchObject({ providerID: `simulated:///local-a/${id}` })
  expect(after?.spec?.unschedulable).toBeUndefined()
  expect(cloud.simulated.machine(id)?.owner).toMatchObject({ claim: before?.metadata?.uid, nodeName: 'old' })
  expect(cloud.made()).toHaveLength(made)

  await kubectl('delete node old --timeout=60s')
  expect(cloud.simulated.machine(id)?.state).toBe('gone')
})
