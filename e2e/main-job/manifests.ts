/** A NodeSet, of the example's class unless another is named, for `kubectl create -f -`. */
export function setOf(name: string, replicas: number, nodeClassName = 'small'): string {
  const spec = { replicas, nodeClassName }
  return JSON.stringify({ apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeSet', metadata: { name }, spec })
}

/** A Node that claims a machine of that class. */
export function claimOf(name: string, className = 'small', labels: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kube-node.dev/class': className, ...labels } } })
}

/** A NodeClass of the simulated provider, unless the spec says otherwise. */
export function classOf(name: string, spec: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name },
    spec: { provider: 'simulated', config: { region: 'local' }, ...spec },
  })
}
