import { type ConfigMap, type Node, type NodeClass, type NodeSet, type Secret, NodeClasses, labels } from '@kube-node/core/api'
import type { ApiServer } from '../server/index.ts'

/** Names and numbers that the parts of a simulated cluster agree on. */
export const systemNamespace = 'kube-node-system'
export const region = 'r1'
export const zones: readonly string[] = ['r1-a', 'r1-b']
export const className = 'small'
export const secretName = 'cloud'
/** What must never be seen anywhere but in a Secret. */
export const credential = 'c0rrect-h0rse-battery-staple'
export const rotatedCredential = 'c0rrect-h0rse-battery-staple-2'
/** Opens another account of the same cloud. */
export const otherCredential: string = `${credential}-3`
/** Opens nothing. */
export const wrongCredential: string = `${credential}-4`
/** By what opens them. */
export const accountsOf: Readonly<Record<string, string>> = {
  [credential]: 'main',
  [rotatedCredential]: 'main',
  [otherCredential]: 'other',
}
export const consistencyWindowMs = 5_000
export const callTimeoutMs = 20_000
export const drainTimeoutMs = 180_000
export const volumeDetachMs = 60_000
export const joinTimeoutMs = 120_000
export const idleRefreshMs = 20_000
export const controllerUser = 'kube-node'
/** How requests for certificates are called that nobody is entitled to. */
export const forgedPrefix = 'forged-'

const api = `${NodeClasses.group}/${NodeClasses.version}`

/** By it machines are known to be this cluster's. */
export const clusterUid = ({ store }: Pick<ApiServer, 'store'>): string => {
  const namespace = store.get({ group: '', plural: 'namespaces' }, { name: 'kube-system' })
  // Namespaces are stored with a uid: the one cast at the border.
  return (namespace as { readonly metadata?: { readonly uid?: string } } | undefined)?.metadata?.uid ?? ''
}

/** What a file of the class says, and where. */
export const motd: { readonly namespace: string; readonly name: string } = { namespace: 'default', name: 'motd' }
export const motdSaying = (text: string): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: motd, data: { text } })

export const classOf = (bootstrap: 'kubelet' | 'kubeadm' | 'none', hasFile: boolean): NodeClass => ({
  apiVersion: api,
  kind: 'NodeClass',
  metadata: { name: className },
  spec: {
    provider: 'simulated',
    config: { region, zones },
    secretRef: { namespace: systemNamespace, name: secretName },
    bootstrap: { type: bootstrap, ...(hasFile && { files: [{ path: '/etc/motd', configMapRef: { ...motd, key: 'text' } }] }) },
    timeouts: {
      provision: '2m',
      join: `${joinTimeoutMs / 1_000}s`,
      drain: `${drainTimeoutMs / 1_000}s`,
      volumeDetach: `${volumeDetachMs / 1_000}s`,
    },
  },
})

export const secretWith = (token: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: secretName, namespace: systemNamespace },
  data: { token: Buffer.from(token).toString('base64') },
})

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
