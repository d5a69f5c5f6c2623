// What two hundred nodes on EC2 cost in calls, up and down, beside one controller a node that asks for itself. AWS as moto plays it, which
// e2e/aws/get-moto.sh brings; the API server and the controllers run in this process.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Node, NodeSets, annotations } from '@kube-node/core/api'
import { apiVersion, openCluster, settle } from '../e2e/aws/cluster.ts'
import { startMoto } from '../e2e/aws/moto.ts'
import { awsWorld } from '../e2e/aws/world.ts'

const count = 200
/** How often a controller that waits for one machine asks for it. */
const naivePollSeconds = 2

await using moto = await startMoto()
await using world = await awsWorld(moto, { pageSize: 1_000 })
// As often as the controller asks by itself: that is what is counted here.
await using cluster = await openCluster({ ...world, className: 'small', refresh: {} })
const { client } = cluster
cluster.begin()

const phase = async (
  name: string,
  act: () => Promise<unknown>,
  isOver: (nodes: readonly Node[]) => boolean | Promise<boolean>,
): Promise<void> => {
  const before = new Map(world.proxy.calls)
  const since = performance.now()
  await act()
  while (!(await isOver(await settle(client, world)))) await sleep(500)
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
