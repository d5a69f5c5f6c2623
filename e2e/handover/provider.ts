// A provider module for `kube-node run --provider`: the simulated cloud of the test's process, where the cloud names its nodes.
import type { Provider } from '@kube-node/core/provider'
import { remoteCloudProvider } from '@kube-node/testing/cloud'

/** @throws Error when KUBE_NODE_SIMULATED_CLOUD does not say where the cloud is. */
export const simulated = (): Provider => {
  const url = process.env['KUBE_NODE_SIMULATED_CLOUD']
  if (url === undefined) throw new Error('set KUBE_NODE_SIMULATED_CLOUD to the URL of the cloud')
  return remoteCloudProvider({ url, nodeNames: 'cloud' })
}
