import { providerConformance } from '@kube-node/testing/conformance'
import { describe, expect, it, vi } from 'vitest'
import { manifest, world } from './world.ts'

// Sockets live in real time: on a busy machine a test may need more than vitest's usual 5 s.
vi.setConfig({ testTimeout: 30_000 })

const { leftOut } = providerConformance({ test: { describe, it }, factory: world, manifest, patience: '20s' })

it('leaves out only what Brook does not have', () => {
  // Groups by reason; a new test of the suite that needs more of our fake shows here.
  expect([...new Set(leftOut.map(({ because }) => because))]).toEqual([
    'it is about idempotency by unique-name, and the provider declares another',
    'it is about idempotency by lookup, and the provider declares another',
    'the cloud under test lacks hideScope',
    'the cloud does not dictate the names of nodes',
    'the provider has no createMany',
    'the provider has no deleteMany',
    'the provider has no account',
    'the provider has no adopt',
    'the provider has no resolve',
    'the provider has no drift',
    'the provider has no capacity',
    'the provider has no interruptions',
    'the provider has no configure',
  ])
})
