import {
  AutoScalingClient,
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  type LifecycleState,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type Instance,
} from '@aws-sdk/client-ec2'
import type { GroupManifest, GroupWorld, NewGroup } from '@kube-node/testing/conformance'
import { type AutoScalingOptions, autoScalingGroups } from '@kube-node/provider-aws'
import { keys, pageSize, refused, region, subnetTags } from './account.ts'
import { autoScalingAsDocumented } from './autoScaling.ts'
import type { Moto } from './moto.ts'
import { type AwsProxy, startProxy } from './proxy.ts'
import { throttled } from './wire.ts'

const template = 'nodes'
const actions = {
  resize: 'SetDesiredCapacity',
  remove: 'TerminateInstanceInAutoScalingGroup',
  create: 'CreateAutoScalingGroup',
  destroy: 'DeleteAutoScalingGroup',
} as const

export interface AwsGroupWorld extends GroupWorld {
  readonly proxy: AwsProxy
  /** Past the proxy: what a person does. */
  readonly direct: { readonly autoScaling: AutoScalingClient; readonly ec2: EC2Client }
  /** Somebody makes a group, as in the console: its machines are not protected. */
  createGroup(group: NewGroup & { readonly min?: number }): Promise<string>
  group(id: string): Promise<AutoScalingGroup | undefined>
  /** Ids of the machines that run, of whatever group. */
  running(): Promise<readonly string[]>
  /** A member is told of in that state, as one that waits for a hook. Answers how to take it back. */
  told(member: string, state: LifecycleState): () => void
}

/** moto is one for all: a world begins by resetting it. */
export const awsGroupWorld = async (moto: Moto, options: Pick<AutoScalingOptions, 'nodeNames'> = {}): Promise<AwsGroupWorld> => {
  await moto.reset()
  // The SDK writes into the object that it is given.
  const common = (): object => ({ region, endpoint: moto.url, credentials: { ...keys }, maxAttempts: 1 })
  const autoScaling = new AutoScalingClient(common())
  const ec2 = new EC2Client(common())
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
  const subnets = Subnets.map(({ SubnetId = '' }) => SubnetId)
  const Tags = Object.entries(subnetTags).map(([Key, Value]) => ({ Key, Value }))
  await ec2.send(new CreateTagsCommand({ Resources: subnets, Tags }))
  const LaunchTemplateData = { ImageId: 'ami-03cf127a', InstanceType: 'm5.large' } as const
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: template, LaunchTemplateData }))

  const instances = async (): Promise<readonly Instance[]> => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}))
    return Reservations.flatMap(({ Instances = [] }) => Instances)
  }
  const running = async (): Promise<readonly string[]> =>
    (await instances()).filter(({ State }) => State?.Name === 'running').map(({ InstanceId = '' }) => InstanceId)
  const group = async (id: string): Promise<AutoScalingGroup | undefined> => {
    const { AutoScalingGroups = [] } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [id] }))
    return AutoScalingGroups[0]
  }
  let made = 0
  const createGroup: AwsGroupWorld['createGroup'] = async ({ size, max = 10, min = 0 }) => {
    const AutoScalingGroupName = `theirs-${++made}`
    const command = new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: min,
      MaxSize: max,
      DesiredCapacity: size,
      LaunchTemplate: { LaunchTemplateName: template },
      VPCZoneIdentifier: subnets.join(','),
    })
    await autoScaling.send(command)
    return AutoScalingGroupName
  }

  const proxy = await startProxy({
    to: moto.url,
    pageSize,
    zoneOf: () => '',
    refusedKey: refused.accessKeyId,
    isTerminated: async () => false,
    mended: autoScalingAsDocumented(autoScaling),
  })
  /** In answers that describe groups. */
  const rewriting = (pattern: RegExp, by: string): (() => void) =>
    proxy.changing(({ action }, answer) =>
      action === 'DescribeAutoScalingGroups' ? { ...answer, body: answer.body.replace(pattern, by) } : answer,
    )

  return {
    proxy,
    direct: { autoScaling, ec2 },
    createGroup,
    group,
    running,
    told: (member, state) =>
      rewriting(new RegExp(`(<InstanceId>${member}</InstanceId>(?:(?!</member>).)*?<LifecycleState>)[^<]*`, 's'), `$1${state}`),
    provider: atOnce(autoScalingGroups({ ...options, endpoints: { autoScaling: proxy.url, ec2: proxy.url, sts: proxy.url } })),
    config: { region, launchTemplate: { name: template }, subnets: { tags: subnetTags } },
    credentials: keys,
    cloud: {
      createGroup,
      async truth(id) {
        const found = await group(id)
        const there = await running()
        const members = (found?.Instances ?? []).map(({ InstanceId = '' }) => InstanceId).filter(member => there.includes(member))
        return found && { size: found.DesiredCapacity ?? 0, members }
      },
      async resize(id, size) {
        await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: id, DesiredCapacity: size }))
      },
      busy: id => rewriting(new RegExp(`<AutoScalingGroupName>${id}</AutoScalingGroupName>`), '$&<Status>Delete in progress</Status>'),
      loseAnswer: operation => proxy.next(actions[operation], 'lost'),
      throttle: () => proxy.answering(throttled),
      outage: () => proxy.answering(() => 'cut'),
      refusedCredentials: refused,
      impossibleConfig: {
        region,
        limits: 'honour',
        launchTemplate: { name: 'nobody-made-it', version: '$Default' },
        subnets: { ids: subnets },
        tags: {},
      },
    },
    async [Symbol.asyncDispose]() {
      autoScaling.destroy()
      ec2.destroy()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

/** moto shows at once what AWS may show late. */
const atOnce = (provider: AwsGroupWorld['provider']): AwsGroupWorld['provider'] => ({
  ...provider,
  definition: { ...provider.definition, consistencyWindow: '0s' },
})

export const groupManifest: GroupManifest = {
  name: 'aws-auto-scaling',
  credentials: true,
  pageSize,
  methods: ['account', 'create', 'destroy', 'update'],
  cloud: ['busy', 'loseAnswer', 'throttle', 'outage', 'refusedCredentials', 'impossibleConfig'],
}
