export type { Endpoints } from './aws/index.ts'
export { type AutoScalingConfig, type AutoScalingOptions, type LaunchTemplate, autoScalingGroups } from './asg/index.ts'
export {
  type CapacityType,
  type DataVolume,
  type Ec2Config,
  type Ec2Options,
  type ImageSource,
  type Selection,
  type Volume,
  ec2,
} from './ec2/index.ts'
