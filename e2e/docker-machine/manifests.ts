import { defaultNamespace as namespace } from '@kube-node/core/manifests'
import { files } from '../kubelet/manifests.ts'
import type { Key } from './host.ts'

/** Where a story looks whether a host was cleaned, and holds it while it is. */
export const cleaned = '/var/log/cleaned'
export const hold = '/run/hold'

const cleanings = [`echo begun >>${cleaned}`, `while [ -e ${hold} ]; do sleep 0.1; done`, `echo ended >>${cleaned}`]

export const secret = (name: string, key: Pick<Key, 'private'>): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  type: 'kubernetes.io/ssh-auth',
  stringData: { 'ssh-privatekey': key.private },
})

interface Place {
  readonly address: string
  readonly port?: number
  /** Absent: the one of the first connection. */
  readonly asks?: string
}

const placeOf = ({ address, port, asks }: Place): object => ({ address, ...(port && { port }), ...(asks && { hostKey: asks }) })

export const poolOf = (
  name: string,
  hosts: readonly Place[],
  {
    secretName = 'hosts',
    more = {},
    bootstrap = {},
    clean = cleanings,
  }: { secretName?: string; more?: object; bootstrap?: object; clean?: readonly string[] } = {},
): object => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name },
  spec: {
    provider: 'docker-machine',
    secretRef: { namespace, name: secretName },
    config: { driver: 'generic', hosts: hosts.map(placeOf), ssh: { clean } },
    template: { labels: { tier: 'web' } },
    bootstrap: { type: 'kubelet', files, ...bootstrap },
    ...more,
  },
})

export const claimOf = (name: string, className: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kube-node.dev/class': className } },
})

export const setOf = (name: string, className: string, replicas: number): object => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: { name },
  spec: { replicas, nodeClassName: className },
})
