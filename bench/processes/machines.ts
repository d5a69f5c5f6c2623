// The cloud and the kubelets of its machines, in a process of their own: machines run and are gone at once, and each kubelet posts its
// node's status once, when its machine runs. GET /count answers {"living", "doubles", "joined"}; POST /heartbeat?seconds=S has each kubelet
// renew its Lease so often.
import { createServer } from 'node:http'
import process from 'node:process'
import { fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { serveCloud, simulatedCloud } from '@kube-node/testing/cloud'
import { kubelets } from './kubelets.ts'

const port = (name: string): number => Number(process.env[name])
const runtime = systemRuntime()
const transport = fromKubeConfig(await loadKubeConfig())
const cloud = simulatedCloud({ runtime, bootTime: '0s', stopTime: '0s', goneVisible: '0s' })
const running = kubelets(transport, runtime.clock)

/** Machines that are there, by the claim that they are for. */
const living = new Map<string, number>()
let doubles = 0
cloud.on('starting', ({ owner }) => {
  const claim = owner?.claim ?? ''
  const now = (living.get(claim) ?? 0) + 1
  if (now > 1) doubles += 1
  living.set(claim, now)
})
cloud.on('running', machine => running.join(machine))
cloud.on('stopping', machine => running.leave(machine))
cloud.on('gone', machine => {
  const claim = machine.owner?.claim ?? ''
  const now = (living.get(claim) ?? 0) - 1
  if (now > 0) living.set(claim, now)
  else living.delete(claim)
  running.leave(machine)
})

await serveCloud(cloud, { port: port('BENCH_CLOUD_PORT') })
createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (url.pathname === '/heartbeat') running.beat(Number(url.searchParams.get('seconds')))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ living: living.size, doubles, joined: running.joined() }))
}).listen(port('BENCH_COUNT_PORT'), '127.0.0.1')
