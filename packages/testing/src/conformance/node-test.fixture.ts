import { describe, it } from 'node:test'
import { providerConformance } from './index.ts'
import { simulatedManifest, simulatedWorld } from './simulated.fixture.ts'

// Run by `node --test`: a runner that shares nothing with the one of this repository.
providerConformance({ test: { describe, it }, factory: () => simulatedWorld(), manifest: simulatedManifest() })
