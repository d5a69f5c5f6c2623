import { providerConformance } from '@kube-node/testing/conformance'
import { describe, expect, it, vi } from 'vitest'
import { poolManifest, poolWorld } from './world.ts'

// Programs are started in real time: on a busy machine a test may need more than vitest's usual 5 s.
vi.setConfig({ testTimeout: 60_000 })

describe('a pool of hosts', () => {
  const { leftOut } = providerConformance({ test: { describe, it }, factory: poolWorld, manifest: poolManifest, patience: '30s' })
  it('leaves out only what it does not have', () =>
    expect([...new Set(leftOut.map(({ because }) => because))]).toMatchInlineSnapshot(`
    [
      "it is about bootstrap by user-data, and the provider declares another",
      "the cloud under test lacks loseAnswer",
      "it is about idempotency by unique-name, and the provider declares another",
      "it is about idempotency by lookup, and the provider declares another",
      "the manifest names no pageSize",
      "the cloud under test lacks createForeign",
      "the cloud under test lacks hideScope",
      "the cloud does not dictate the names of nodes",
      "the cloud under test lacks createForeign or machines",
      "the cloud under test lacks refusedCredentials",
      "the cloud under test lacks impossibleConfig",
      "the cloud under test lacks stockout",
      "the cloud under test lacks exhaustQuota",
      "the cloud under test lacks throttle",
      "the cloud under test lacks outage",
      "the cloud under test lacks garble",
      "the cloud under test lacks loseAnswer or machines",
      "the cloud under test lacks hang",
      "the cloud under test lacks every one of refusedCredentials, loseAnswer, stockout, throttle, outage, garble",
      "the provider has no createMany",
      "the provider has no deleteMany",
      "the provider has no account",
      "the provider has no adopt",
      "the provider has no get",
      "the provider has no resolve",
      "the provider has no drift",
      "the provider has no capacity",
      "the provider has no interruptions",
    ]
  `))
})
