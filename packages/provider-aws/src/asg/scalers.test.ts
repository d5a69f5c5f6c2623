import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling'
import { expect, test } from 'vitest'
import { factsFor } from './group.fixture.ts'
import { scaledBy } from './scalers.ts'

const policy = (more: Partial<ScalingPolicy> = {}): ScalingPolicy => ({
  AutoScalingGroupName: 'workers',
  PolicyName: 'cpu',
  PolicyType: 'TargetTrackingScaling',
  Enabled: true,
  ...more,
})
const forecast = (Mode?: 'ForecastOnly' | 'ForecastAndScale'): ScalingPolicy =>
  policy({ PolicyType: 'PredictiveScaling', PredictiveScalingConfiguration: { MetricSpecifications: [], Mode } })
const suspended = (...names: string[]) => ({ SuspendedProcesses: names.map(ProcessName => ({ ProcessName })) })
const byPolicy = 'scaling policy cpu resizes it'

test.each([
  ['nothing', {}, [], undefined],
  ['a policy', {}, [policy()], byPolicy],
  ['a policy of another group', {}, [policy({ AutoScalingGroupName: 'others' })], undefined],
  ['a policy that is switched off', {}, [policy({ Enabled: false })], undefined],
  ['a policy whose alarms nobody hears', suspended('AlarmNotification'), [policy()], undefined],
  ['a forecast', {}, [forecast()], undefined],
  ['a forecast that is told not to scale', {}, [forecast('ForecastOnly')], undefined],
  ['a forecast that scales, without alarms', suspended('AlarmNotification'), [forecast('ForecastAndScale')], byPolicy],
])('%s', (_, group, policies, told) => expect(scaledBy(factsFor(group), { policies, actions: [] })).toBe(told))

test('a scheduled action, unless these are suspended', () => {
  const scalers = { policies: [], actions: [{ AutoScalingGroupName: 'workers', ScheduledActionName: 'nightly' }] }
  expect(scaledBy(factsFor(), scalers)).toBe('scheduled action nightly resizes it')
  expect(scaledBy(factsFor(suspended('ScheduledActions')), scalers)).toBeUndefined()
})

test('a capacity that is not counted in machines is nobody’s to set', () =>
  expect(scaledBy(factsFor({ DesiredCapacityType: 'vcpu' }), { policies: [], actions: [] })).toContain('not in machines'))
