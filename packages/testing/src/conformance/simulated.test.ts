import { describe, it } from 'vitest'
import { gifted } from './broken/instead.fixture.ts'
import { providerConformance } from './index.ts'
import { simulatedManifest, simulatedWorld } from './simulated.fixture.ts'

// What we ask of others holds for the provider that our own tests rest on, in each way to be idempotent.
for (const idempotency of ['token', 'unique-name', 'lookup'] as const) {
  describe(`by ${idempotency}`, () => {
    providerConformance({
      test: { describe, it },
      factory: () => simulatedWorld({ provider: { idempotency } }),
      manifest: simulatedManifest({ idempotency }),
    })
  })
}

describe('with batches and a limit of user data, without get', () => {
  providerConformance({
    test: { describe, it },
    factory: () => simulatedWorld({ provider: { batches: true, get: false, maxUserData: 4_096 } }),
    manifest: simulatedManifest({ methods: ['createMany', 'deleteMany'], maxUserData: 4_096 }),
  })
})

describe('with nodes that the cloud names', () => {
  providerConformance({
    test: { describe, it },
    factory: () => simulatedWorld({ provider: { nodeNames: 'cloud' } }),
    manifest: simulatedManifest({ nodeNames: 'cloud' }),
  })
})

describe('with every optional method that it can have', () => {
  providerConformance({
    test: { describe, it },
    factory: () => simulatedWorld({ over: gifted }),
    manifest: simulatedManifest({ methods: ['get', 'resolve', 'drift', 'capacity', 'interruptions'] }),
  })
})
