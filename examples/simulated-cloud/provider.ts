// A provider module for `kube-node run --provider ./provider.ts`: machines of the cloud that cloud.ts plays in another process.
import process from 'node:process'
import type { Provider } from '@kube-node/core/provider'
import { remoteCloudProvider } from '@kube-node/testing/cloud'

/** @throws Error when KUBE_NODE_SIMULATED_CLOUD does not say where the cloud is. */
export const simulated = (): Provider => {
  const url = process.env['KUBE_NODE_SIMULATED_CLOUD']
  if (url === undefined) throw new Error('set KUBE_NODE_SIMULATED_CLOUD to the address that cloud.ts has printed')
  return remoteCloudProvider({ url })
}
