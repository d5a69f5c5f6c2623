import type { Instance } from '@kube-node/provider-gce/instances'
import type { PoolFacts, ZoneFacts } from './look.ts'
import type { ManagedInstance, NodePool } from './resources.ts'

export const managed = (name: string, more: Partial<ManagedInstance> = {}): ManagedInstance => ({
  instance: `https://www.googleapis.com/compute/v1/projects/p-12345/zones/europe-west1-b/instances/${name}`,
  id: `1${name.length}${name.charCodeAt(0)}`,
  instanceStatus: 'RUNNING',
  currentAction: 'NONE',
  ...more,
})

export const zoneWith = (letter: string, targetSize: number, members: readonly ManagedInstance[] = []): ZoneFacts => ({
  place: { project: 'p-12345', zone: `europe-west1-${letter}`, name: `gke-main-a-${letter}-grp` },
  baseInstanceName: `gke-main-a-${letter}`,
  targetSize,
  members,
})

export const poolWith = (zones: readonly ZoneFacts[], more: Partial<NodePool> = {}): PoolFacts => ({
  pool: { name: 'a', status: 'RUNNING', locations: zones.map(({ place }) => place.zone), ...more },
  zones,
  missing: [],
})

export const instance = (id: string, name: string): Instance => ({
  id,
  name,
  status: 'RUNNING',
  zone: 'zones/europe-west1-b',
  machineType: 'zones/europe-west1-b/machineTypes/e2-medium',
  creationTimestamp: '2026-11-01T00:00:00.000-08:00',
  networkInterfaces: [{ networkIP: '10.0.0.2' }],
  scheduling: { provisioningModel: 'SPOT' },
})
