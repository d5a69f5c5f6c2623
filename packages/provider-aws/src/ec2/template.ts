import { DescribeLaunchTemplateVersionsCommand, type ResponseLaunchTemplateData } from '@aws-sdk/client-ec2'
import { type Call, ProviderError } from '@kube-node/core/provider'
import { type Clients, type LaunchTemplate, asked } from '../aws/index.ts'
import { typesOf } from './config.ts'
import type { Ec2Config, ImageSource } from './config.types.ts'

/** One version of a launch template. It never changes. */
export interface Template {
  readonly id: string
  readonly version: string
  readonly data: ResponseLaunchTemplateData
}

/** A class that leaves nothing open that RunInstances needs. */
export type CompleteConfig = Ec2Config & { readonly ami: ImageSource }

/** The version that is meant now. @throws ProviderError `InvalidConfig` where there is none. */
export const templateOf = async ({ ec2 }: Clients, { id, name, version }: LaunchTemplate, call: Call): Promise<Template> => {
  const which = { ...(id !== undefined && { LaunchTemplateId: id }), ...(name !== undefined && { LaunchTemplateName: name }) }
  // A template may name its image by an SSM parameter: EC2 is to say which one that is.
  const command = new DescribeLaunchTemplateVersionsCommand({ ...which, Versions: [version], ResolveAlias: true })
  const { LaunchTemplateVersions: [found] = [] } = await asked('DescribeLaunchTemplateVersions', call, options =>
    ec2.send(command, options),
  )
  const { LaunchTemplateId, VersionNumber, LaunchTemplateData: data } = found ?? {}
  if (!LaunchTemplateId || VersionNumber === undefined || !data)
    throw new ProviderError('InvalidConfig', `launch template ${id ?? name} has no version ${version}`, { outcome: 'none' })
  return { id: LaunchTemplateId, version: String(VersionNumber), data }
}

/**
 * Pure: the class with the template's version as a number, and with the template's image and type where it names none itself. They are
 * named in each request: stockouts are of types, and images decide about root volumes.
 * @throws ProviderError `InvalidConfig` for what EC2 would refuse, or would leave behind.
 */
export const completed = (config: Ec2Config, { id, version, data }: Template): CompleteConfig => {
  const { ImageId: image, InstanceType: type } = data
  const refuse = (problem: string): never => {
    throw new ProviderError('InvalidConfig', `launch template ${id} version ${version} ${problem}`, { outcome: 'none' })
  }
  const problem = problemOf(config, data)
  if (problem !== undefined) refuse(problem)
  const hasType = typesOf(config).length > 0
  if (!hasType && type === undefined) refuse('names no instance type: say instanceType or instanceTypes')
  const ami = config.ami ?? (image === undefined ? refuse('names no image: say ami') : { id: image })
  return { ...config, ami, ...(!hasType && { instanceType: type }), launchTemplate: { id, version } }
}

/** What EC2 does not take beside what the class says ("RunInstances"), and what would outlive its machine. */
const problemOf = (
  { capacityTypes, subnets, securityGroups, publicIp }: Ec2Config,
  {
    NetworkInterfaces: interfaces = [],
    SecurityGroupIds: groups = [],
    SecurityGroups: names = [],
    InstanceMarketOptions: market,
  }: ResponseLaunchTemplateData,
): string | undefined => {
  if (market?.MarketType !== undefined && capacityTypes.includes('on-demand'))
    return `asks for ${market.MarketType} instances, and the class for on-demand: say capacityTypes: [spot], or take it out of the template`
  if (interfaces.length > 0 && (subnets !== undefined || securityGroups !== undefined || publicIp !== undefined))
    return 'has network interfaces, beside which EC2 takes no subnets, securityGroups or publicIp: say them here or there'
  if (publicIp !== undefined && groups.length + names.length > 0)
    return 'has security groups, beside which EC2 takes no publicIp: say securityGroups and publicIp here, and no groups there'
  if (interfaces.some(({ NetworkInterfaceId }) => NetworkInterfaceId !== undefined))
    return 'names a network interface that exists: only one machine can have it'
  if (interfaces.some(({ DeleteOnTermination }) => DeleteOnTermination === false))
    return 'keeps a network interface when its machine is gone: set its DeleteOnTermination'
  return undefined
}

/** Pure: the devices of the template's volumes. Each is deleted with its machine, whatever the template says. */
export const volumesOf = ({ data: { BlockDeviceMappings = [] } }: Template): readonly string[] =>
  BlockDeviceMappings.flatMap(({ DeviceName, Ebs }) => (DeviceName !== undefined && Ebs ? [DeviceName] : []))

/**
 * Pure: what the class means for machines that are there. Only a version that is named by its number counts: one that floats has made new
 * machines new, and old ones no different from what they were. So has an image that the template names by a parameter.
 */
export const meantFor = (config: Ec2Config, { version, data }: Template): Ec2Config => {
  if (config.launchTemplate?.version !== version) return config
  const { InstanceType: type, IamInstanceProfile: profile, SecurityGroupIds: groups = [] } = data
  const profileName = config.iamInstanceProfile ?? profile?.Arn ?? profile?.Name
  return {
    ...config,
    ...(typesOf(config).length === 0 && type !== undefined && { instanceType: type }),
    ...(profileName !== undefined && { iamInstanceProfile: profileName }),
    ...(config.securityGroups === undefined && groups.length > 0 && { securityGroups: { ids: groups } }),
  }
}
