// node main.ts: the operator, on the cluster of the current kubeconfig. Put a provider of your own where `simulated()` is.
import process from 'node:process'
import { fromKubeConfig, loadKubeConfig } from '@kube-node/core'
import { simulated } from '../simulated-cloud/provider.ts'
import { createOperator } from './operator.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort(new Error(`received ${signal}`)))

await using cluster = fromKubeConfig(await loadKubeConfig())
const operator = createOperator({
  cluster,
  leaderElection: { namespace: 'default', name: 'build-farm' },
  providers: [simulated()],
  onMachine: ({ node, providerID }) => console.log(`${node} runs on ${providerID}`),
})
await operator.run({ signal: stopping.signal })
