import { type GroupProvider, defineGroupProvider } from '@kube-node/core/provider'
import { type Endpoints, credentials, keysOf } from '../aws/index.ts'
import { config } from './config.ts'
import { connectGroups } from './connection.ts'

export type { LaunchTemplate } from '../aws/index.ts'
export type { AutoScalingConfig } from './config.types.ts'

export interface AutoScalingOptions {
  /** URLs of the services. Default: AWS's own for the class's region, or `AWS_ENDPOINT_URL_AUTO_SCALING`, `_EC2` and `_STS`. */
  readonly endpoints?: Endpoints
  /**
   * `cloud`: kubelets register under the private DNS names of their instances, as on EKS, and a Node of another name is not believed.
   * Default: a Node is known by its providerID alone.
   */
  readonly nodeNames?: 'cloud'
  /** Calls at once, of each connection. Default 10. */
  readonly concurrency?: number
}

/**
 * Auto Scaling groups: `createKubeNode({ cluster, providers: [autoScalingGroups()] })`. Credentials come from the Secret that a class
 * names, or from the SDK's own chain (IRSA, pod identity, environment, instance profile) where it names none.
 */
export const autoScalingGroups = ({ endpoints = {}, nodeNames, concurrency = 10 }: AutoScalingOptions = {}): GroupProvider =>
  defineGroupProvider({
    name: 'aws-auto-scaling',
    config,
    credentials,
    connection: ['region', 'limits', 'assumeRole'],
    // AWS promises no time. Seconds are usual.
    consistencyWindow: '2m',
    limits: { concurrency },
    connect: ({ config: { region, limits, assumeRole: role }, credentials: given, cluster }) =>
      connectGroups({ region, limits, keys: keysOf(given), role, endpoints, cluster, namedByCloud: nodeNames === 'cloud' }),
  })
