import { defaultNamespace as namespace } from '@kube-node/core/manifests'
import { busybox } from '../kubelet/image.ts'
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

/** With a sign of this name on its host a pod of `reluctant` ends. */
export const leave = '/run/pods/leave'

/** A pod for any node of the class, which stays until there is that sign, whoever asks it to end. */
export const reluctant = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 180,
    nodeSelector: { tier: 'web' },
    volumes: [{ name: 'host', hostPath: { path: '/run/pods', type: 'DirectoryOrCreate' } }],
    containers: [
      {
        name: 'main',
        image: busybox,
        imagePullPolicy: 'Never',
        command: ['/bin/busybox', 'sh', '-c', `trap : TERM; until [ -e ${leave} ]; do /bin/busybox sleep 0.1; done`],
        volumeMounts: [{ name: 'host', mountPath: '/run/pods' }],
      },
    ],
  },
})
