import type { AutoScalingGroup, Instance, LifecycleState } from '@aws-sdk/client-auto-scaling'
import { type GroupFacts, factsOf } from './facts.ts'

export const instance = (InstanceId: string, LifecycleState: LifecycleState = 'InService', more: Partial<Instance> = {}): Instance => ({
  InstanceId,
  AvailabilityZone: 'eu-west-1a',
  LifecycleState,
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
  InstanceType: 'm7i.large',
  ...more,
})

export const described = (more: Partial<AutoScalingGroup> = {}): AutoScalingGroup => ({
  AutoScalingGroupName: 'workers',
  MinSize: 1,
  MaxSize: 5,
  DesiredCapacity: 2,
  DefaultCooldown: 300,
  AvailabilityZones: ['eu-west-1a'],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  VPCZoneIdentifier: 'subnet-1,subnet-2',
  Instances: [instance('i-1'), instance('i-2')],
  ...more,
})

export const factsFor = (more: Partial<AutoScalingGroup> = {}): GroupFacts => factsOf(described(more))
