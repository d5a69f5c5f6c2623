// node cloud.ts: plays a cloud, and the kubelets of its machines on the cluster of the current kubeconfig. In another terminal:
//   KUBE_NODE_SIMULATED_CLOUD=<the address it prints> npx kube-node run --provider ./provider.ts
import process from 'node:process'
import { fromKubeConfig, loadKubeConfig, systemLog, systemRuntime } from '@kube-node/core'
import { serveCloud, simulatedCloud, simulatedKubelets } from '@kube-node/testing/cloud'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort(new Error(`received ${signal}`)))

const runtime = systemRuntime()
await using transport = fromKubeConfig(await loadKubeConfig())
await using cloud = simulatedCloud({ runtime, bootTime: ['2s', '5s'] })
await using served = await serveCloud(cloud, { port: Number(process.env['PORT'] ?? 0) })
for (const state of ['running', 'gone'] as const) cloud.on(state, machine => console.log(`${machine.id} (${machine.name}) is ${state}`))
console.log(`KUBE_NODE_SIMULATED_CLOUD=${served.url}`)
await simulatedKubelets({ cloud, transport, runtime, log: systemLog() }).run(stopping.signal)
