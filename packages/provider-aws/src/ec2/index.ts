import { type MachineProvider, defineProvider } from '@kube-node/core/provider'
import { type Endpoints, credentials, keysOf } from '../aws/index.ts'
import { queueAt } from '../events/index.ts'
import { config } from './config.ts'
import { connectMachines } from './connection.ts'
import { maxUserData } from './request.ts'

export { describeInstances } from './describe.ts'
export { type Reading, machineOf } from './machine.ts'
export { subnetsOf } from './networks.ts'
export { type Tags, asRecord } from './tags.ts'
export type { CapacityType, DataVolume, Ec2Config, ImageSource, Selection, Volume } from './config.types.ts'

export interface Ec2Options {
  /** URLs of the services. Default: AWS's own for the class's region, or `AWS_ENDPOINT_URL_EC2`, `_SSM` and `_STS`. */
  readonly endpoints?: Endpoints
  /**
   * Who says what a Node is called. `claim`, the default: the kubelet registers under its claim's name. `cloud`: under the private DNS
   * name of its instance, as on EKS; that Node takes the claim over.
   */
  readonly nodeNames?: 'claim' | 'cloud'
  /**
   * By region: the URL of an SQS queue into which EventBridge puts what EC2 and AWS Health announce of instances. A queue is for one
   * controller, which deletes what it has read. Connections of the account that the URL names read it. Default: nothing is announced.
   */
  readonly interruptionQueues?: Readonly<Record<string, string>>
  /** Calls at once, of each connection. Default 10. */
  readonly concurrency?: number
}

/**
 * EC2 instances: `createKubeNode({ cluster, providers: [ec2()] })`. Credentials come from the Secret that a class names, or from the
 * SDK's own chain (IRSA, pod identity, environment, instance profile) where it names none.
 *
 * @throws TypeError for what is no URL of a queue.
 */
export const ec2 = (options: Ec2Options = {}): MachineProvider => {
  const { endpoints = {}, nodeNames = 'claim', concurrency = 10, interruptionQueues = {} } = options
  const queues = new Map(Object.entries(interruptionQueues).map(([region, url]) => [region, queueAt(url)]))
  return defineProvider({
    name: 'aws-ec2',
    config,
    credentials,
    connection: ['region', 'assumeRole'],
    idempotency: 'token',
    bootstrap: 'user-data',
    zone: 'zone',
    nodeNames,
    // AWS promises no time. Seconds are usual; too short would take a new machine for a lost one.
    consistencyWindow: '2m',
    limits: { concurrency },
    maxUserData,
    connect: ({ config: { region, assumeRole: role }, credentials: given, cluster }) =>
      connectMachines({
        region,
        keys: keysOf(given),
        role,
        endpoints,
        cluster,
        namedByCloud: nodeNames === 'cloud',
        queue: queues.get(region),
      }),
  })
}
