import { type Node, type NodeClass, type NodeSet, NodeClasses, labels } from '@kube-node/core/api'

/** Names and numbers that the parts of a simulated cluster agree on. */
export const systemNamespace = 'kube-node-system'
export const region = 'r1'
export const zones: readonly string[] = ['r1-a', 'r1-b']
export const className = 'small'
export const secretName = 'cloud'
/** What must never be seen anywhere but in a Secret. */
export const credential = 'c0rrect-h0rse-battery-staple'
export const rotatedCredential = 'c0rrect-h0rse-battery-staple-2'
export const consistencyWindowMs = 5_000
export const callTimeoutMs = 20_000
export const drainTimeoutMs = 180_000
export const joinTimeoutMs = 120_000
export const idleRefreshMs = 20_000
export const controllerUser = 'kube-node'

const api = `${NodeClasses.group}/${NodeClasses.version}`

export const goodClass: NodeClass = {
  apiVersion: api,
  kind: 'NodeClass',
  metadata: { name: className },
  spec: {
    provider: 'simulated',
    config: { region, zones },
    secretRef: { namespace: systemNamespace, name: secretName },
    timeouts: { provision: '2m', join: `${joinTimeoutMs / 1_000}s`, drain: `${drainTimeoutMs / 1_000}s` },
  },
}

export const claimNamed = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { [labels.class]: className } },
})

export const setNamed = (name: string, replicas: number, maxSurge: number): NodeSet => ({
  apiVersion: api,
  kind: 'NodeSet',
  metadata: { name },
  spec: {
    replicas,
    nodeClassName: className,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: maxSurge === 0 ? 1 : 0 } },
  },
})
