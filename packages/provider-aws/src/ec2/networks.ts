import { type Filter, paginateDescribeSecurityGroups, paginateDescribeSubnets } from '@aws-sdk/client-ec2'
import { type Call, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import type { Ec2Config } from './config.types.ts'
import type { Subnet } from './places.ts'
import type { Selection } from './config.types.ts'

/** The subnets that a class means now, in all zones; undefined where it says nothing. */
export const subnetsOf = async (
  { ec2 }: Clients,
  { subnets }: Pick<Ec2Config, 'subnets'>,
  call: Call,
): Promise<readonly Subnet[] | undefined> => {
  if (!subnets) return undefined
  const { ids } = subnets
  const found = await asked('DescribeSubnets', call, async options => {
    const wanted = ids ? { SubnetIds: [...ids] } : { Filters: filtersOf(subnets) }
    const all: Subnet[] = []
    for await (const { Subnets = [] } of paginateDescribeSubnets({ client: ec2 }, wanted, options)) {
      all.push(...Subnets.flatMap(({ SubnetId: id, AvailabilityZone: zone }) => (id && zone ? [{ id, zone }] : [])))
    }
    return all
  })
  if (found.length === 0) throw nothingFor('subnets', subnets)
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** The ids of the security groups that a class means now; undefined where it says nothing. */
export const securityGroupsOf = async (
  { ec2 }: Clients,
  { securityGroups }: Ec2Config,
  call: Call,
): Promise<readonly string[] | undefined> => {
  if (!securityGroups) return undefined
  if (securityGroups.ids) return securityGroups.ids
  const found = await asked('DescribeSecurityGroups', call, async options => {
    const all: string[] = []
    const pages = paginateDescribeSecurityGroups({ client: ec2 }, { Filters: filtersOf(securityGroups) }, options)
    for await (const { SecurityGroups = [] } of pages) all.push(...SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []))
    return all
  })
  if (found.length === 0) throw nothingFor('securityGroups', securityGroups)
  return found.toSorted()
}

const filtersOf = ({ tags = {} }: Selection): Filter[] =>
  Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }))

const nothingFor = (what: string, selection: Selection): ProviderError =>
  new ProviderError('InvalidConfig', `${what}: nothing has ${JSON.stringify(selection)}`, { outcome: 'none' })
