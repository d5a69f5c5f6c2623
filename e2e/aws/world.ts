import {
  CreateTagsCommand,
  DescribeInstanceAttributeCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type Instance,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { MachineManifest, ProviderWorld } from '@kube-node/testing/conformance'
import { type Ec2Options, ec2 } from '@kube-node/provider-aws'
import { keys, pageSize, refused, region, subnetTags } from './account.ts'
import type { Moto } from './moto.ts'
import { type AwsProxy, startProxy } from './proxy.ts'
import { failed, throttled } from './wire.ts'

const instanceType = 'm7i.large'
const imageParameter = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64'

export interface AwsWorld extends ProviderWorld {
  readonly proxy: AwsProxy
  /** Past the proxy. */
  readonly direct: EC2Client
  readonly zones: readonly string[]
  /** Machines of that type can't be had; in one zone, where one is named. Answers how to lift it. */
  soldOut(type: string, zone?: string): () => void
  /** Of the queue that the provider reads. */
  readonly queueUrl: string
  readonly sqs: SQSClient
  /** All instances, those that are gone included. */
  instances(): Promise<readonly Instance[]>
}

export interface AwsWorldOptions extends Pick<Ec2Options, 'nodeNames' | 'interruptionQueues'> {
  /** Most that a page holds. Default the smallest that EC2 gives. */
  readonly pageSize?: number
}

/** moto is one for all: a world begins by resetting it. */
export const awsWorld = async (moto: Moto, { pageSize: page = pageSize, ...options }: AwsWorldOptions = {}): Promise<AwsWorld> => {
  await moto.reset()
  // The SDK writes into the object that it is given.
  const direct = new EC2Client({ region, endpoint: moto.url, credentials: { ...keys }, maxAttempts: 1 })
  const instances = async (ids?: string[]): Promise<readonly Instance[]> => {
    const { Reservations = [] } = await direct.send(new DescribeInstancesCommand(ids ? { InstanceIds: ids } : {}))
    return Reservations.flatMap(({ Instances = [] }) => Instances)
  }
  const sqs = new SQSClient({ region, endpoint: moto.url, credentials: { ...keys }, maxAttempts: 1 })
  const { QueueUrl: queueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'interruptions' }))
  const { Subnets = [] } = await direct.send(new DescribeSubnetsCommand({}))
  const zoneOf = (subnet: string): string => Subnets.find(({ SubnetId }) => SubnetId === subnet)?.AvailabilityZone ?? ''
  await direct.send(
    new CreateTagsCommand({
      Resources: Subnets.map(({ SubnetId = '' }) => SubnetId),
      Tags: Object.entries(subnetTags).map(([Key, Value]) => ({ Key, Value })),
    }),
  )
  const interfaces = async (ids?: readonly string[]): Promise<readonly string[]> => {
    const Filters = ids && [{ Name: 'attachment.instance-id', Values: [...ids] }]
    const { NetworkInterfaces = [] } = await direct.send(new DescribeNetworkInterfacesCommand(Filters ? { Filters } : {}))
    return NetworkInterfaces.flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? [])
  }
  const proxy = await startProxy({
    to: moto.url,
    pageSize: page,
    zoneOf,
    refusedKey: refused.accessKeyId,
    // moto keeps a network interface that it has made by itself.
    terminating: async (ids, run) => {
      const theirs = await interfaces(ids)
      const answer = await run()
      if (answer.status !== 200) return answer
      const left = new Set(await interfaces())
      for (const NetworkInterfaceId of theirs.filter(id => left.has(id)))
        await direct.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))
      return answer
    },
    isTerminated: async id => (await instances([id])).some(({ State }) => State?.Name === 'terminated'),
  })

  const soldOut = (type: string, zone?: string): (() => void) =>
    proxy.answering(request => {
      const { action, form } = request
      if (action !== 'RunInstances' || form.get('InstanceType') !== type) return undefined
      if (zone !== undefined && zoneOf(form.get('SubnetId') ?? '') !== zone) return undefined
      const message = `We currently do not have sufficient ${type} capacity in the Availability Zone you requested.`
      return failed(request, { status: 500, code: 'InsufficientInstanceCapacity', message })
    })

  const foreign = async (): Promise<Instance> => {
    const { Instances: [instance] = [] } = await direct.send(
      new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ImageId: 'ami-03cf127a', InstanceType: instanceType }),
    )
    if (!instance) throw new Error('moto made no instance')
    return instance
  }
  const actions = { create: 'RunInstances', list: 'DescribeInstances', delete: 'TerminateInstances' } as const

  return {
    proxy,
    direct,
    zones: Subnets.map(({ AvailabilityZone = '' }) => AvailabilityZone),
    soldOut,
    instances,
    queueUrl,
    sqs,
    provider: ec2({
      interruptionQueues: { [region]: queueUrl },
      ...options,
      endpoints: { ec2: proxy.url, sqs: proxy.url, ssm: proxy.url, sts: proxy.url },
    }),
    config: { region, instanceType, ami: { ssmParameter: imageParameter }, subnets: { tags: subnetTags }, rootVolume: { sizeGiB: 20 } },
    credentials: keys,
    cloud: {
      machines: async () =>
        (await instances()).filter(({ State }) => State?.Name === 'running').map(({ InstanceId = '' }) => ({ id: InstanceId })),
      async userData(id) {
        const command = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' })
        const { UserData: { Value } = {} } = await direct.send(command)
        return Value === undefined ? undefined : Buffer.from(Value, 'base64')
      },
      createForeign: async () => (await foreign()).InstanceId ?? '',
      async adoptable() {
        const { InstanceId, Placement } = await foreign()
        return `aws:///${Placement?.AvailabilityZone}/${InstanceId}`
      },
      loseAnswer: operation => proxy.next(actions[operation], 'lost'),
      hang: operation => proxy.next(actions[operation], 'hang'),
      stockout: () => soldOut(instanceType),
      exhaustQuota: () =>
        proxy.answering(request => {
          const message = 'You have requested more vCPU capacity than your current vCPU limit of 64 allows'
          return request.action === 'RunInstances' ? failed(request, { status: 400, code: 'VcpuLimitExceeded', message }) : undefined
        }),
      throttle: () => ({ lift: proxy.answering(throttled) }),
      outage: () => proxy.answering(() => 'cut'),
      garble: () =>
        proxy.answering(() => ({ status: 502, contentType: 'text/html', body: '<html><body><h1>502 Bad Gateway</h1></body></html>' })),
      refusedCredentials: refused,
      impossibleConfig: { region, instanceType: 'm99.enormous', ami: { ssmParameter: imageParameter } },
    },
    async [Symbol.asyncDispose]() {
      direct.destroy()
      sqs.destroy()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

export const ec2Manifest: MachineManifest = {
  name: 'aws-ec2',
  idempotency: 'token',
  bootstrap: 'user-data',
  credentials: 'optional',
  maxUserData: 16_384,
  methods: ['account', 'adopt', 'get', 'resolve', 'drift', 'capacity', 'interruptions'],
  pageSize,
  cloud: [
    'machines',
    'userData',
    'createForeign',
    'adoptable',
    'loseAnswer',
    'hang',
    'stockout',
    'exhaustQuota',
    'throttle',
    'outage',
    'garble',
    'refusedCredentials',
    'impossibleConfig',
  ],
}
