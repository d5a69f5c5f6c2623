import { describe, it } from 'vitest'
import { simulatedGroupManifest, simulatedGroupWorld } from './groups.fixture.ts'
import { groupConformance } from './index.ts'

// What we ask of others holds for the provider that our own tests rest on.
describe('with all that it can have', () => {
  groupConformance({ test: { describe, it }, factory: () => simulatedGroupWorld(), manifest: simulatedGroupManifest() })
})

describe('of groups that exist alone', () => {
  groupConformance({
    test: { describe, it },
    factory: () => simulatedGroupWorld({ provider: { creates: false, updates: false } }),
    manifest: simulatedGroupManifest({ methods: ['account'] }),
  })
})
