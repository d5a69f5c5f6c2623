import { providerConformance } from '@kube-node/testing/conformance'
import { describe, expect, it, vi } from 'vitest'
import { ec2Manifest, ec2World } from './world.ts'

// Programs are started in real time: on a busy machine a test may need more than vitest's usual 5 s.
vi.setConfig({ testTimeout: 60_000 })

describe('a driver of a cloud', () => {
  const { leftOut } = providerConformance({ test: { describe, it }, factory: ec2World, manifest: ec2Manifest, patience: '30s' })
  it('leaves out only what it does not have', () =>
    expect([...new Set(leftOut.map(({ because }) => because))]).toMatchInlineSnapshot(`
      [
        "it is about bootstrap by user-data, and the provider declares another",
        "it is about idempotency by unique-name, and the provider declares another",
        "it is about idempotency by lookup, and the provider declares another",
        "the manifest names no pageSize",
        "the cloud under test lacks hideScope",
        "the cloud does not dictate the names of nodes",
        "the cloud under test lacks outage",
        "the cloud under test lacks garble",
        "the cloud under test lacks hang",
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
