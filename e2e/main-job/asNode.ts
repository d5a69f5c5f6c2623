import type { KubeTransport } from '@kube-node/core/kube'

/** A kubelet speaks as its own node, so that the Node authorizer and NodeRestriction judge what it does. */
export const asNode = (transport: KubeTransport, name: string): KubeTransport => {
  const identity = { 'impersonate-user': `system:node:${name}`, 'impersonate-group': 'system:nodes' }
  return {
    request: request => transport.request({ ...request, headers: { ...request.headers, ...identity } }),
    watch: request => transport.watch({ ...request, headers: { ...request.headers, ...identity } }),
    // The connections are everybody's.
    [Symbol.asyncDispose]: async () => undefined,
  }
}
