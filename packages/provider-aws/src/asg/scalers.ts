import type { ScalingPolicy, ScheduledUpdateGroupAction } from '@aws-sdk/client-auto-scaling'
import type { GroupFacts } from './facts.ts'

/** What resizes groups by itself, of all groups. */
export interface Scalers {
  readonly policies: readonly ScalingPolicy[]
  readonly actions: readonly ScheduledUpdateGroupAction[]
}

/** Pure: in words, what resizes this one; undefined when nothing does. */
export const scaledBy = ({ name, suspended, isWeighted }: GroupFacts, { policies, actions }: Scalers): string | undefined => {
  if (isWeighted) return 'its capacity is counted in weights, vCPUs or memory, not in machines'
  const policy = policies.find(each => each.AutoScalingGroupName === name && isActive(each, suspended))
  if (policy) return `scaling policy ${policy.PolicyName} resizes it`
  if (suspended.has('ScheduledActions')) return undefined
  const action = actions.find(each => each.AutoScalingGroupName === name)
  return action && `scheduled action ${action.ScheduledActionName} resizes it`
}

const isActive = ({ Enabled, PolicyType, PredictiveScalingConfiguration }: ScalingPolicy, suspended: GroupFacts['suspended']): boolean => {
  if (Enabled === false) return false
  // Alarms do not call it; and it forecasts alone unless it is told to scale too.
  if (PolicyType === 'PredictiveScaling') return PredictiveScalingConfiguration?.Mode === 'ForecastAndScale'
  return !suspended.has('AlarmNotification')
}
