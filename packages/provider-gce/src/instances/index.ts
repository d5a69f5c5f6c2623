import { type MachineProvider, defineProvider } from '@kube-node/core/provider'
import { credentials, openGoogle } from '../google/index.ts'
import { config } from './config.ts'
import { connectMachines } from './connection.ts'
import { maxUserData } from './request.ts'

export { listInstances } from './list.ts'
export { machineOf, providerIDOf, regionOf } from './machine.ts'
export { type Instance, nameIn } from './resources.ts'
export type { CapacityType, DataDisk, Disk, GceConfig, ImageSource } from './config.types.ts'

export interface GceOptions {
  /** URL of Compute Engine. Default: `https://compute.googleapis.com/compute/v1`. */
  readonly endpoint?: string
  /**
   * Who says what a Node is called. `claim`, the default: the kubelet registers under its claim's name. `cloud`: under the name of its
   * instance; that Node takes the claim over.
   */
  readonly nodeNames?: 'claim' | 'cloud'
  /** Calls at once, of each connection. Default 10. */
  readonly concurrency?: number
}

/**
 * Instances of Google Compute Engine: `createKubeNode({ cluster, providers: [gce()] })`. Credentials come from the Secret that a class
 * names, or are the application default credentials (workload identity, metadata server) where it names none.
 */
export const gce = ({
  endpoint = 'https://compute.googleapis.com/compute/v1',
  nodeNames = 'claim',
  concurrency = 10,
}: GceOptions = {}): MachineProvider =>
  defineProvider({
    name: 'gce',
    config,
    credentials,
    connection: ['project'],
    idempotency: 'token',
    bootstrap: 'user-data',
    zone: 'zone',
    nodeNames,
    // Google promises no time. Seconds are usual; too short would take a new machine for a lost one.
    consistencyWindow: '2m',
    limits: { concurrency },
    // An insert that fails for want of capacity may take its time to say so.
    timeouts: { create: '5m' },
    maxUserData,
    connect: ({ config: { project }, credentials: { serviceAccountKey }, cluster }) =>
      connectMachines({
        google: openGoogle({ url: endpoint, key: serviceAccountKey }),
        project,
        cluster,
        namedByCloud: nodeNames === 'cloud',
      }),
  })
