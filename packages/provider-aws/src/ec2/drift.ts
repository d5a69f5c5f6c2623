import type { Instance } from '@aws-sdk/client-ec2'
import { typesOf } from './config.ts'
import type { Ec2Config } from './config.types.ts'
import type { Subnet } from './places.ts'

/** What the class names of networks, as ids of now; absent where it names none. */
export interface Networks {
  readonly subnets?: readonly Subnet[]
  readonly securityGroups?: readonly string[]
}

/**
 * Pure: in words, how an instance differs from what its class says. Only what the class names is compared: groups, roles and subnets that
 * it leaves open are AWS's or somebody else's to choose. An image is compared where it is named by its id: a parameter that has moved on
 * makes new machines new, and old ones no different from what they were.
 */
export const driftOf = (instance: Instance, config: Ec2Config, { subnets, securityGroups }: Networks): string | undefined => {
  const { InstanceType: type = '', ImageId: image = '', SubnetId: subnet = '', IamInstanceProfile: profile } = instance
  const types = typesOf(config)
  const groups = (instance.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted()
  const differences = [
    types.length === 0 || types.includes(type) ? undefined : `its type is ${type}, and the class says ${types.join(' or ')}`,
    config.ami?.id === undefined || config.ami.id === image ? undefined : `its image is ${image}, and the class says ${config.ami.id}`,
    !subnets || subnets.some(({ id }) => id === subnet) ? undefined : `its subnet ${subnet} is none of the class's`,
    !securityGroups || sameIds(groups, securityGroups)
      ? undefined
      : `its security groups are ${groups.join(', ') || 'none'}, and the class says ${securityGroups.join(', ')}`,
    config.iamInstanceProfile === undefined || isProfile(profile?.Arn, config.iamInstanceProfile)
      ? undefined
      : `its instance profile is ${profile?.Arn ?? 'none'}, and the class says ${config.iamInstanceProfile}`,
  ].filter(difference => difference !== undefined)
  return differences.length === 0 ? undefined : differences.join('; ')
}

const sameIds = (sorted: readonly string[], others: readonly string[]): boolean => sorted.join() === [...new Set(others)].toSorted().join()

/** A class says a name or an ARN; an ARN may have a path before the name. */
const isProfile = (arn: string | undefined, wanted: string): boolean => arn === wanted || arn?.split('/').at(-1) === wanted
