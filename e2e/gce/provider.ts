// A provider module for `kube-node run --provider`: Compute Engine as the fake plays it in the test's process.
import type { Provider } from '@kube-node/core/provider'
import { gce } from '@kube-node/provider-gce'

/** @throws Error when KUBE_NODE_GOOGLE does not say where the fake is. */
export const google = (): Provider => {
  const endpoint = process.env['KUBE_NODE_GOOGLE']
  if (endpoint === undefined) throw new Error('set KUBE_NODE_GOOGLE to the URL of the fake')
  return gce({ endpoint })
}
