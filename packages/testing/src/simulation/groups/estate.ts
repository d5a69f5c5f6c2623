import { type NodeClass, type NodeSet, type NodeSetGroup, type Secret, NodeClasses } from '@kube-node/core/api'
import type { ForeignGroup } from '../../cloud/index.ts'
import { credential, drainTimeoutMs, region, systemNamespace, volumeDetachMs, zones } from '../estate.ts'
import type { GroupScenario, GroupSetPlan } from './scenario.ts'

/** The class of all sets that drive groups. Its credentials are its own, and stay what they are. */
export const poolName = 'pool'
const poolSecret = 'cloud-groups'
/** A member that has not come up by then is replaced. */
export const startupTimeoutMs = 300_000

const api = `${NodeClasses.group}/${NodeClasses.version}`

export const poolSecretWith = (): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: poolSecret, namespace: systemNamespace },
  data: { token: Buffer.from(credential).toString('base64') },
})

export const poolClass = ({ step, max }: GroupScenario): NodeClass => ({
  apiVersion: api,
  kind: 'NodeClass',
  metadata: { name: poolName },
  spec: {
    provider: 'simulated-groups',
    config: { region, zones, ...(step > 1 && { step }), ...(max !== undefined && { max }) },
    secretRef: { namespace: systemNamespace, name: poolSecret },
    bootstrap: { type: 'none' },
    timeouts: { drain: `${drainTimeoutMs / 1_000}s`, volumeDetach: `${volumeDetachMs / 1_000}s` },
  },
})

/** A group that somebody made before, as the class would make it. */
export const existingGroup = ({ step, max }: GroupScenario, size: number): ForeignGroup => ({
  account: 'main',
  region,
  size,
  template: { zones, instanceType: 'small', capacityType: 'on-demand', image: 'debian-13' },
  ...(step > 1 && { step }),
  ...(max !== undefined && { max }),
})

export const groupSetNamed = (name: string, plan: GroupSetPlan, scenario: GroupScenario): NodeSet => {
  const { replicas, authority, policy, imports } = plan
  // Where the group can't grow first, a rollout has to do with one less.
  const cramped = !plan.surges || authority === 'group' || scenario.max !== undefined
  const group: NodeSetGroup = { sizeAuthority: authority, deletionPolicy: policy, ...(imports && { id: groupIdOf(name) }) }
  return {
    apiVersion: api,
    kind: 'NodeSet',
    metadata: { name },
    spec: {
      replicas,
      nodeClassName: poolName,
      group,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: plan.surges ? scenario.step : 0, maxUnavailable: cramped ? 1 : 0 },
      },
      repair: {
        unhealthy: [{ type: 'Ready', status: 'Unknown', after: '90s' }],
        startupTimeout: `${startupTimeoutMs / 1_000}s`,
        maxUnhealthy: '100%',
      },
    },
  }
}

/** The id of the group that a set of that name takes over. */
export const groupIdOf = (setName: string): string => `old-${setName}`
