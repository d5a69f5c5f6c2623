/** A kubeconfig with one context, `kube-node`. JSON is YAML, and needs no quoting rules. */
export const kubeconfigFor = (url: string, user: string): string =>
  `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'kube-node', cluster: { server: url } }],
      users: [{ name: user, user: {} }],
      contexts: [{ name: 'kube-node', context: { cluster: 'kube-node', user, namespace: 'default' } }],
      'current-context': 'kube-node',
    },
    undefined,
    2,
  )}\n`
