// What two hundred nodes on EC2 cost in calls, up and down, beside one controller a node that asks for itself. AWS as moto plays it, which
// e2e/aws/get-moto.sh brings; the API server and the controllers run in this process.
import { createKubeNode } from '@kube-node/core'
import {
  CustomResourceDefinitions,
  Namespaces,
  type Node,
  NodeClasses,
  NodeSets,
  Nodes,
  Secrets,
  annotations,
  crds,
  nameOf,
} from '@kube-node/core/api'
import { createClient, listAll } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '@kube-node/testing/server'
import { startMoto } from '../e2e/aws/moto.ts'
import { awsWorld } from '../e2e/aws/world.ts'

const count = 200
const apiVersion = 'kube-node.dev/v1alpha1'
const namespace = 'kube-node-system'
/** How often a controller that waits for one machine asks for it. */
const naivePollSeconds = 2

const runtime = systemRuntime()
await using moto = await startMoto()
await using world = await awsWorld(moto, { pageSize: 1_000 })
await using server = createApiServer({ runtime, log: () => {}, authorization: 'allow' })
const client = createClient({ transport: server.transport(), clock: runtime.clock })
for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
const data = Object.fromEntries(Object.entries(world.credentials ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
await client.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'aws', namespace }, data })
await client.create(NodeClasses, {
  apiVersion,
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'aws-ec2', config: { ...world.config }, secretRef: { namespace, name: 'aws' }, bootstrap: { type: 'none' } },
})

const stopping = new AbortController()
const running = createKubeNode({ cluster: server.transport(), runtime, log: () => {}, providers: [world.provider] }).run({
  signal: stopping.signal,
})

const idOf = (node: Node): string => String(JSON.parse(node.metadata?.annotations?.[annotations.machine] ?? '{}')['id'] ?? '')

/** The kubelets of machines that are there report; then all Nodes. */
const settled = async (): Promise<readonly Node[]> => {
  const nodes = await listAll(client, Nodes)
  const mute = nodes.filter(node => idOf(node) !== '' && !node.status?.nodeInfo?.['kubeletVersion'])
  const addresses = new Map(mute.length > 0 ? (await world.instances()).map(i => [i.InstanceId ?? '', i.PrivateIpAddress ?? '']) : [])
  for (const node of mute) {
    const status = {
      nodeInfo: { kubeletVersion: 'v1.37.2' },
      addresses: [{ type: 'InternalIP', address: addresses.get(idOf(node)) ?? '' }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: '2026-11-26T08:00:00Z' }],
    }
    await client.patch(Nodes, { name: nameOf(node) }, { merge: { status } }, { subresource: 'status' })
  }
  return nodes
}

const phase = async (
  name: string,
  act: () => Promise<unknown>,
  isOver: (nodes: readonly Node[]) => boolean | Promise<boolean>,
): Promise<void> => {
  const before = new Map(world.proxy.calls)
  const since = performance.now()
  await act()
  while (!(await isOver(await settled()))) await runtime.clock.sleep(500)
  const seconds = (performance.now() - since) / 1_000
  const calls = [...world.proxy.calls].flatMap(([action, n]) =>
    n > (before.get(action) ?? 0) ? [[action, n - (before.get(action) ?? 0)] as const] : [],
  )
  const all = calls.reduce((sum, [, n]) => sum + n, 0)
  console.log(`${name}: ${all} calls in ${seconds.toFixed(0)} s (${calls.map(([action, n]) => `${action} ${n}`).join(', ')})`)
}

const set = { apiVersion, kind: 'NodeSet', metadata: { name: 'workers' }, spec: { nodeClassName: 'small', replicas: count } }
const runs = (nodes: readonly Node[]): boolean =>
  nodes.length === count && nodes.every(node => node.metadata?.annotations?.[annotations.phase] === 'Running')
const gone = async (): Promise<boolean> => (await world.instances()).every(({ State }) => State?.Name === 'terminated')

await phase(`${count} nodes up`, () => client.create(NodeSets, set), runs)
await phase(`${count} nodes down`, () => client.patch(NodeSets, { name: 'workers' }, { merge: { spec: { replicas: 0 } } }), gone)
console.log(
  `one by one, without anything shared: ${count * 4} up (image parameter, image, subnets, RunInstances) and ${count} down ` +
    `(TerminateInstances), and a DescribeInstances a machine every ${naivePollSeconds} s: ` +
    `${(count * 30) / naivePollSeconds} for each half minute of waiting`,
)
stopping.abort()
await running
