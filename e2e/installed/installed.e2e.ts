import { expect } from 'vitest'
import { systemRuntime } from '@kube-node/core'
import { ConfigMaps, type Node, Nodes, Secrets, annotations } from '@kube-node/core/api'
import { createClient, listAll } from '@kube-node/core/kube'
import { manifests } from '@kube-node/core/manifests'
import { readAudit } from '../control-plane/index.ts'
import { ask, certificateOf, newKeys, showing } from '../identity/story.ts'
import { clusterInfo } from '../kubelet/manifests.ts'
import { eventually } from '../main-job/eventually.ts'
import { kubeNode } from '../main-job/kubeNode.ts'
import { claimOf, classOf, setOf } from '../main-job/manifests.ts'
import type { World } from '../main-job/world.ts'
import { applicationOn } from './application.ts'
import { isUsedBy, refusals, rightText, rightsOf } from './rights.ts'
import { story } from './story.ts'

const nodeOf = (world: World, name: string): Promise<Node | undefined> => world.client.get(Nodes, { name })
const runs = async (world: World, name: string): Promise<void> =>
  expect((await nodeOf(world, name))?.metadata?.annotations?.[annotations.phase]).toBe('Running')
const tokensOf = async ({ client }: World): Promise<readonly string[]> =>
  (await listAll(client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })).map(
    ({ metadata }) => metadata?.annotations?.['kube-node.dev/node'] ?? '',
  )

const bootstrap = {
  type: 'kubelet',
  commands: ['true'],
  files: [
    { path: '/etc/secret', secretRef: { namespace: 'default', name: 'of-machines', key: 'file' } },
    { path: '/etc/motd', configMapRef: { namespace: 'default', name: 'of-machines', key: 'file' } },
  ],
}

story('all that is printed is taken by the server as it is, and its account brings a set up and rolls it', async ({ world, signal }) => {
  const { kubectl, cloud, controlPlane, installed } = world
  expect(installed).toMatchObject({ code: 0, stderr: '' })
  await kubectl('create -f -', JSON.stringify(clusterInfo(controlPlane.server, controlPlane.caPem)))
  await kubectl('create secret generic of-machines --from-literal=file=s')
  await kubectl('create configmap of-machines --from-literal=file=c')
  await kubectl('create -f -', classOf('told', { bootstrap }))
  await kubectl('create -f -', setOf('workers', 0, 'told'))
  await kubectl('scale nodeset/workers --replicas=3')
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=3 nodeset/workers --timeout=60s')
  const first = cloud.living()

  await kubectl('patch nodeclass told --type=merge -p {"spec":{"bootstrap":{"commands":["uptime"]}}}')
  await eventually({ signal }, async () => {
    expect(await kubectl('get nodeset workers -o jsonpath={.status.updatedReplicas}/{.status.availableReplicas}')).toBe('3/3')
    expect(cloud.living()).toHaveLength(3)
    expect(cloud.living().filter(machine => first.includes(machine))).toEqual([])
  })
})

story('it gives its lease back, and of two copies one goes on', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const holder = (): Promise<string> => kubectl('-n kube-node-system get lease kube-node -o jsonpath={.spec.holderIdentity}')
  await world.controller.stop('SIGTERM')
  expect(await holder()).toBe('')
  // As a restore from a backup leaves it: a lease that nobody has renewed since, and a machine whose claim came later.
  const past = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '000Z')
  await kubectl(`-n kube-node-system patch lease kube-node --type=merge -p {"spec":{"renewTime":"${past}"}}`)
  const owner = cloud.simulated.machines()[0]?.owner ?? expect.unreachable('there are machines')
  cloud.simulated.faults.joinFails(1)
  cloud.simulated.createForeign({ owner: { ...owner, claim: 'forgotten', nodeName: 'forgotten', attempt: 1 } })
  world.startController()
  await eventually({ signal }, async () => expect(await holder()).toMatch(/^controller-2_/))
  const leader = world.controller
  world.startController()
  await kubectl('scale nodeset/workers --replicas=1')
  await eventually({ signal }, async () => expect((await kubectl('get nodes -o name')).trim().split('\n')).toHaveLength(1))
  expect(await holder()).toMatch(/^controller-2_/)
  expect(await leader.lastLines()).not.toContain('LeaseLost')
})

story('a machine gets its certificate by the token that it was born with', async ({ world, signal }) => {
  const { kubectl, cloud, controlPlane, client } = world
  cloud.simulated.faults.joinFails(1)
  await kubectl('create -f -', claimOf('joiner', 'told'))
  const token = await eventually({ signal }, () => {
    const machine = cloud.simulated.machines().find(({ owner, state }) => owner?.nodeName === 'joiner' && state === 'running')
    return /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/.exec(Buffer.from(machine?.userData ?? []).toString())?.[0] ?? expect.unreachable()
  })
  await using transport = await showing(controlPlane, { token })
  const kubelet = createClient({ transport, clock: systemRuntime().clock })
  await ask(kubelet, 'joins', newKeys(), { commonName: 'system:node:joiner' })
  await eventually({ signal }, () => certificateOf(client, 'joins'))
  // Somebody takes the claim away by force; its token is looked for at the end.
  await kubectl('delete node joiner --wait=false')
  await kubectl('patch node joiner --type=merge -p {"metadata":{"finalizers":null}}')
  expect(await nodeOf(world, 'joiner')).toBeUndefined()
  expect(await tokensOf(world)).toEqual(['joiner'])
})

story('it drains what is deleted, as budgets and volumes have it', async ({ world, signal }) => {
  const { kubectl } = world
  await kubectl('create -f -', claimOf('app'))
  await eventually({ signal }, () => runs(world, 'app'))
  await kubectl('delete nodeset workers --cascade=foreground --timeout=60s')
  await kubectl('create -f -', applicationOn('app'))
  await kubectl('wait --for=jsonpath={.status.currentHealthy}=1 pdb/web --timeout=30s')
  await kubectl('rollout status daemonset/agent --timeout=30s')
  await kubectl('delete node app --wait=false')
  await eventually({ signal }, async () => expect(await kubectl('describe node app')).toMatch(/Drained\s+False.*EvictionRefused/))
  await kubectl('delete pdb web')
  await eventually({ signal }, async () => expect(await kubectl('describe node app')).toMatch(/Drained\s+False.*moves/))
  await kubectl('delete volumeattachment moves')
  await kubectl('wait --for=delete node/app --timeout=60s')
})

story('what it has frozen a person lifts, and what nobody waits for it takes back', async ({ world, signal }) => {
  const { controlPlane, client } = world
  await eventually({ signal }, async () => {
    const freeze = await client.get(ConfigMaps, { namespace: 'kube-node-system', name: 'kube-node-freeze' })
    expect(freeze?.data).toMatchObject({ state: 'frozen', why: expect.stringContaining('as after a restore from a backup') })
  })
  expect(await kubeNode(['thaw', '--kubeconfig', controlPlane.kubeconfig])).toMatchObject({ code: 0, stderr: '' })
  await eventually({ signal }, async () => expect(await tokensOf(world)).toEqual([]))
})

/** What these stories have no occasion for. Whatever else is granted, and not asked for, is too much. */
const withoutOccasion: Readonly<Record<string, readonly string[]>> = {
  'no request needs it: policies and the API server itself ask for it': [
    ...['administer', 'adopt', 'bypass', 'use'].map(verb => `${verb} nodeclasses.kube-node.dev`),
    'approve signers.certificates.k8s.io kubernetes.io/kube-apiserver-client-kubelet',
    'approve signers.certificates.k8s.io kubernetes.io/kubelet-serving',
    'update nodesets/finalizers.kube-node.dev',
  ],
  'for providers that keep something of their own': ['create', 'delete', 'get', 'list', 'patch', 'update'].map(
    verb => `${verb} secrets in kube-node-system`,
  ),
  'for sets that drive groups, and that classes make for them': ['create', 'delete', 'patch'].map(verb => `${verb} nodesets.kube-node.dev`),
  'after somebody else was quicker': [
    'get certificatesigningrequests.certificates.k8s.io',
    'get nodeclasses.kube-node.dev',
    'get nodesets.kube-node.dev',
  ],
  'for what sets were before: a revision that returns, that is too old, or of which a node is left': ['delete', 'get', 'patch'].map(
    verb => `${verb} controllerrevisions.apps in kube-node-system`,
  ),
  'for a second restore': ['patch configmaps in kube-node-system'],
}

story('nothing was refused, and of what is granted nothing is too much', async ({ world }) => {
  const requests = await readAudit(world.controlPlane.dir)
  expect(requests.length).toBeGreaterThan(100)
  expect(refusals(requests)).toEqual([])
  const unused = rightsOf(manifests(), 'ServiceAccount kube-node').filter(right => !requests.some(request => isUsedBy(right, request)))
  const expected = Object.values(withoutOccasion).flat()
  expect(unused.map(rightText).filter(right => !expected.includes(right))).toEqual([])
})
