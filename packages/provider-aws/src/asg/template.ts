import type { UpdateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling'
import { specificationOf } from '../aws/index.ts'
import type { AutoScalingConfig } from './config.types.ts'
import type { GroupFacts } from './facts.ts'

/**
 * Pure: what is to change for machines of that class; undefined when nothing is. A mixed instances policy stays one, with all that it says
 * beside its template.
 */
export const templateChange = (
  { name, isMixed, subnets: before }: GroupFacts,
  { launchTemplate }: Pick<AutoScalingConfig, 'launchTemplate'>,
  subnets: readonly string[] | undefined,
): UpdateAutoScalingGroupType | undefined => {
  const specification = launchTemplate && specificationOf(launchTemplate)
  const moves = subnets !== undefined && subnets.toSorted().join() !== before.toSorted().join()
  if (!specification && !moves) return undefined
  return {
    AutoScalingGroupName: name,
    ...(specification && !isMixed && { LaunchTemplate: specification }),
    ...(specification && isMixed && { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: specification } } }),
    ...(moves && { VPCZoneIdentifier: subnets.join(',') }),
  }
}
