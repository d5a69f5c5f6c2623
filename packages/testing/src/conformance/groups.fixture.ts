import type { GroupProvider } from '@kube-node/core/provider'
import { manualRuntime } from '@kube-node/core/runtime'
import { type SimulatedCloud, type SimulatedGroupProviderOptions, simulatedCloud } from '../cloud/index.ts'
import type { GroupManifest, GroupWorld } from './index.ts'

const token = 'sim-0f8d2a61c7'
const pageSize = 2
const operations = { resize: 'resizeGroup', remove: 'removeMembers', create: 'createGroup', destroy: 'destroyGroup' } as const

export interface SimulatedGroupWorldOptions {
  readonly provider?: SimulatedGroupProviderOptions
  /** Lays something over the provider. */
  readonly over?: (provider: GroupProvider, cloud: SimulatedCloud) => GroupProvider
}

/** The simulated cloud as an author of a provider of groups would show his own cloud to the suite. */
export const simulatedGroupWorld = ({ provider = {}, over = given => given }: SimulatedGroupWorldOptions = {}): GroupWorld => {
  const runtime = manualRuntime()
  const cloud = simulatedCloud({ runtime, latency: '10ms', listDelay: '1s', tokens: { [token]: 'default' } })
  const { faults, groups } = cloud
  let made = 0
  return {
    runtime,
    provider: over(cloud.groupProvider({ pageSize, credentials: true, ...provider }), cloud),
    config: { region: 'local' },
    credentials: { token },
    cloud: {
      createGroup: group => groups.create(`theirs-${++made}`, group).id,
      truth(id) {
        const group = groups.get(id)
        const members = groups.members(id).filter(({ state }) => state === 'starting' || state === 'running')
        return group && { size: group.size, members: members.map(machine => machine.id) }
      },
      resize: (id, size) => groups.resize(id, size),
      busy(id) {
        const busy = groups.busy(id, 'somebody works on it')
        return () => busy[Symbol.dispose]()
      },
      loseAnswer: operation => void faults.loseAnswers(1, { operation: operations[operation] }),
      throttle() {
        const fault = faults.throttle(Infinity)
        return () => fault[Symbol.dispose]()
      },
      outage() {
        faults.unavailable(true)
        return () => faults.unavailable(false)
      },
      hideScope() {
        faults.zoneOutage('local-a', true)
        return { zone: 'local-a' }
      },
      refusedCredentials: { token: 'sim-not-a-token' },
      impossibleConfig: { region: 'local', instanceType: 'enormous', capacityType: 'on-demand', image: 'debian-13' },
    },
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  }
}

export const simulatedGroupManifest = (more: Partial<GroupManifest> = {}): GroupManifest => ({
  name: 'simulated-groups',
  credentials: true,
  pageSize,
  methods: ['account', 'create', 'destroy', 'update'],
  cloud: ['busy', 'loseAnswer', 'throttle', 'outage', 'hideScope', 'refusedCredentials', 'impossibleConfig'],
  ...more,
})
