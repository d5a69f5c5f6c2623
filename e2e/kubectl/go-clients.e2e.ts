import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startStory } from './story.ts'

const controllers = [
  'node-lifecycle-controller',
  'garbage-collector-controller',
  'disruption-controller',
  'ttl-controller',
  'taint-eviction-controller',
]

test("Kubernetes' own controllers run on it: leases, streaming lists, watches, and writes in protobuf", async ({ signal }) => {
  await using story = await startStory()
  const { feed, run, server } = story
  const writes = new Set<string>()
  server.onRequest(({ status, user, userAgent, verb }) => {
    if (userAgent.startsWith('kube-controller-manager/') && verb !== 'get')
      writes.add(`${verb} ${status < 300 ? 'done' : `${status} for ${user}`}`)
  })
  await feed({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }, 'create', '-f', '-')
  const manager = story.controllerManager(['--leader-elect=true', `--controllers=${controllers.join(',')}`, '--secure-port=0'])
  const node = async (): Promise<{ readonly metadata: { readonly annotations?: object }; readonly spec: { readonly taints?: object } }> =>
    JSON.parse(await run('get', 'node', 'n1', '-o', 'json')) as Awaited<ReturnType<typeof node>>
  // Seen on a real control plane: a Node without conditions loses the not-ready taint within moments, and gets a ttl for its kubelet.
  for (let seen = await node(); seen.spec.taints !== undefined || seen.metadata.annotations === undefined; seen = await node()) {
    if (manager.ended()) throw new Error(`kube-controller-manager ended:\n${manager.log()}`)
    await sleep(200, undefined, { signal })
  }
  expect(await run('get', 'leases', '-n', 'kube-system', '-o', 'name')).toBe('lease.coordination.k8s.io/kube-controller-manager\n')
  expect([...writes].sort()).toEqual(expect.arrayContaining(['create done', 'list done', 'patch done', 'update done', 'watch done']))
})
