import { type User, administrator } from '../request/index.ts'

/** A kubeconfig with one context, `kube-node`. JSON is YAML, and needs no quoting rules. */
export const kubeconfigFor = (url: string, as: User | undefined): string => {
  const { username } = as ?? administrator
  const impersonation = as === undefined ? {} : { as: as.username, ...(as.groups.length === 0 ? {} : { 'as-groups': as.groups }) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'kube-node', cluster: { server: url } }],
    users: [{ name: username, user: impersonation }],
    contexts: [{ name: 'kube-node', context: { cluster: 'kube-node', user: username, namespace: 'default' } }],
    'current-context': 'kube-node',
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
