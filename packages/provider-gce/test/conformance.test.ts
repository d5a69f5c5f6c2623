import { providerConformance } from '@kube-node/testing/conformance'
import { describe, expect, it } from 'vitest'
import { gceManifest, gceWorld } from './world.ts'

describe('instances of Compute Engine', () => {
  const { leftOut } = providerConformance({ test: { describe, it }, factory: () => gceWorld(), manifest: gceManifest })
  it('leaves out only what it does not have', () =>
    expect([...new Set(leftOut.map(({ because }) => because))]).toMatchInlineSnapshot(`
    [
      "it is about idempotency by unique-name, and the provider declares another",
      "it is about idempotency by lookup, and the provider declares another",
      "the cloud does not dictate the names of nodes",
      "the provider has no createMany",
      "the provider has no deleteMany",
      "the provider has no configure",
    ]
  `))
})

describe('instances of Compute Engine whose Nodes the cloud names', () => {
  providerConformance({
    test: { describe, it },
    factory: () => gceWorld({ nodeNames: 'cloud' }),
    manifest: { ...gceManifest, nodeNames: 'cloud' },
    layers: ['direct'],
  })
})
