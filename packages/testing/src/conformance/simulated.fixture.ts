import type { MachineProvider } from '@kube-node/core/provider'
import { manualRuntime } from '@kube-node/core/runtime'
import { type SimulatedCloud, type SimulatedProviderOptions, simulatedCloud } from '../cloud/index.ts'
import type { MachineManifest, ProviderWorld } from './index.ts'

const token = 'sim-0f8d2a61c7'
const pageSize = 2
const quota = 20

export interface SimulatedWorldOptions {
  readonly provider?: SimulatedProviderOptions
  /** Lays something over the provider. */
  readonly over?: (provider: MachineProvider, cloud: SimulatedCloud) => MachineProvider
}

/** The simulated cloud as an author of a provider would show his own cloud to the suite. */
export const simulatedWorld = ({ provider: given = {}, over = provider => provider }: SimulatedWorldOptions = {}): ProviderWorld => {
  const runtime = manualRuntime()
  const cloud = simulatedCloud({
    runtime,
    latency: '10ms',
    listDelay: '1s',
    quota,
    tokens: { [token]: 'default' },
    ...(given.nodeNames && { nodeNames: given.nodeNames }),
  })
  const { faults } = cloud
  const living = () => cloud.machines().filter(({ state }) => state === 'starting' || state === 'running')
  return {
    runtime,
    provider: over(cloud.provider({ pageSize, credentials: true, ...given }), cloud),
    config: { region: 'local' },
    credentials: { token },
    cloud: {
      machines: living,
      userData: id => cloud.machine(id)?.userData,
      createForeign: () => cloud.createForeign().id,
      adoptable() {
        const { id, zone } = cloud.createForeign()
        return `simulated:///${zone}/${id}`
      },
      loseAnswer: operation => void faults.loseAnswers(1, { operation }),
      hang: operation => void faults.loseAnswers(1, { operation, how: 'hang' }),
      stockout() {
        const fault = faults.stockout({ instanceType: 'small' })
        return () => fault[Symbol.dispose]()
      },
      exhaustQuota() {
        const made = Array.from({ length: quota }, () => cloud.createForeign())
        return () => made.forEach(({ id }) => cloud.kill(id, { listed: false }))
      },
      throttle() {
        const retryAfterMs = 1_500
        const fault = faults.throttle(Infinity, { retryAfterMs })
        return { retryAfterMs, lift: () => fault[Symbol.dispose]() }
      },
      outage() {
        faults.unavailable(true)
        return () => faults.unavailable(false)
      },
      // Answers that can't be read are lost.
      garble() {
        const fault = faults.loseAnswers(() => true, { executed: false })
        return () => fault[Symbol.dispose]()
      },
      hideScope() {
        faults.zoneOutage('local-a', true)
        return { zone: 'local-a' }
      },
      refusedCredentials: { token: 'sim-not-a-token' },
      impossibleConfig: { region: 'local', instanceType: 'enormous' },
    },
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  }
}

export const simulatedManifest = (more: Partial<MachineManifest> = {}): MachineManifest => ({
  name: 'simulated',
  idempotency: 'token',
  bootstrap: 'user-data',
  credentials: true,
  pageSize,
  cloud: [
    'machines',
    'userData',
    'createForeign',
    'adoptable',
    'loseAnswer',
    'hang',
    'stockout',
    'exhaustQuota',
    'throttle',
    'outage',
    'garble',
    'hideScope',
    'refusedCredentials',
    'impossibleConfig',
  ],
  ...more,
  methods: ['account', 'adopt', ...(more.methods ?? ['get'])],
})
