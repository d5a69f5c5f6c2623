const labels = { app: 'web' }

const volume = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    hostPath: { path: `/nowhere/${name}` },
    claimRef: { namespace: 'default', name },
  },
})

const volumeClaim = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeName: name, resources: { requests: { storage: '1Gi' } } },
})

const attachment = (name: string, nodeName: string): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttachment',
  metadata: { name },
  spec: { attacher: 'story.example', nodeName, source: { persistentVolumeName: name } },
})

const podsWith = (app: string, volumeName: string): object => ({
  metadata: { labels: { app } },
  spec: {
    containers: [{ name: 'main', image: 'none' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: volumeName } }],
  },
})

/** A Deployment with a budget and a DaemonSet on that node, each with a volume that is attached to it: `moves` and `stays`. */
export const applicationOn = (nodeName: string): string => {
  const items = [
    ...['moves', 'stays'].flatMap(name => [volume(name), volumeClaim(name), attachment(name, nodeName)]),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: podsWith('web', 'moves') },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: { selector: { matchLabels: { app: 'agent' } }, template: podsWith('agent', 'stays') },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    },
  ]
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}
