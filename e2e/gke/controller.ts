// A controller as an author of operators writes it: core, one provider, a kubeconfig. Runs until SIGTERM.
//   controller.ts KUBECONFIG CONTAINER_URL COMPUTE_URL
import { createKubeNode, createLog, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import type { GroupProvider } from '@kube-node/core/provider'
import { gkeNodePools } from '@kube-node/provider-gke-nodepool'

const [, , file = '', container = '', compute = ''] = process.argv
const runtime = systemRuntime()
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())
await using cluster = fromKubeConfig(await loadKubeConfig({ file }))
const log = createLog({ clock: runtime.clock, level: 'debug', format: 'text', write: line => process.stdout.write(line) })
const provider = gkeNodePools({ endpoints: { container, compute } })
// The fake shows at once what Google may show late, and an order whose answer was lost has had its effect.
const timeouts = { resize: '8s', remove: '8s', create: '8s', destroy: '8s' } as const
const atOnce: GroupProvider = { ...provider, definition: { ...provider.definition, consistencyWindow: '2s', timeouts } }
const refresh = { active: '300ms', idle: '1s' } as const
await createKubeNode({ cluster, providers: [atOnce], runtime, log, refresh }).run({ signal: stopping.signal })
