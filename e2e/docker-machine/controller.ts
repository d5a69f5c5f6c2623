// A controller as an author of operators writes it: core, one provider, a kubeconfig. Runs until SIGTERM.
//   controller.ts KUBECONFIG PROGRAM STORAGE
import { createKubeNode, createLog, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { dockerMachine } from '@kube-node/provider-docker-machine'

const [, , file = '', program = '', storage = ''] = process.argv
const runtime = systemRuntime()
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())
await using cluster = fromKubeConfig(await loadKubeConfig({ file }))
const log = createLog({ clock: runtime.clock, level: 'debug', format: 'text', write: line => process.stdout.write(line) })
await createKubeNode({ cluster, providers: [dockerMachine({ program, storage })], runtime, log }).run({ signal: stopping.signal })
