import { groupConformance } from '@kube-node/testing/conformance'
import { describe, expect, it } from 'vitest'
import { gkeManifest, gkeWorld } from './world.ts'

describe('node pools of GKE', () => {
  const { leftOut } = groupConformance({ test: { describe, it }, factory: () => gkeWorld(), manifest: gkeManifest })
  it('leaves out only what it does not have', () =>
    expect([...new Set(leftOut.map(({ because }) => because))]).toEqual(['the provider has no update']))
})
