import { defaultNamespace as namespace } from '@kube-node/core/manifests'

const apiVersion = 'kube-node.dev/v1alpha1'

/** The key of the controller's service account, as the class's Secret. */
export const secret = (serviceAccountKey: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'gcp', namespace },
  stringData: { serviceAccountKey },
})

export interface Config {
  readonly project: string
  readonly zones: readonly string[]
  readonly machineType: string
}

/** A class whose machines have a boot disk and a data disk. */
export const classOf = (name: string, config: Config): object => ({
  apiVersion,
  kind: 'NodeClass',
  metadata: { name },
  spec: {
    provider: 'gce',
    secretRef: { namespace, name: 'gcp' },
    config: {
      ...config,
      image: { project: config.project, family: 'ubuntu-2404-lts' },
      disks: [{ name: 'data', sizeGiB: 10 }],
    },
    template: { labels: { tier: 'web' } },
    bootstrap: { type: 'none' },
  },
})

export const setOf = (name: string, nodeClassName: string, replicas: number): object => ({
  apiVersion,
  kind: 'NodeSet',
  metadata: { name },
  spec: { replicas, nodeClassName, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } },
})
