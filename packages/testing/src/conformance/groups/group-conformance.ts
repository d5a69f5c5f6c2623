import { type Duration, durationMs } from '@kube-node/core/runtime'
import { type Coverage, type TestPort, register } from '../suite/index.ts'
import type { GroupManifest } from './manifest.ts'
import { openGroupStage } from './stage.ts'
import { groupTopics } from './topics/index.ts'
import type { GroupWorld } from './world.ts'

export interface GroupConformanceOptions {
  /** `{ describe, it }` of any runner. */
  readonly test: TestPort
  /** Called for each test. What it answers is disposed after that test. */
  readonly factory: () => GroupWorld | Promise<GroupWorld>
  readonly manifest: GroupManifest
  /** How long a call, or what the cloud makes of it, may take in a test. Default 1m. */
  readonly patience?: Duration
}

/** Registers the tests that a provider of groups must pass. Answers which were registered, and which do not apply and why. */
export const groupConformance = ({ test, factory, manifest, patience = '1m' }: GroupConformanceOptions): Coverage =>
  register({
    test,
    manifest,
    heading: `provider ${manifest.name}`,
    topics: groupTopics,
    async within(body) {
      await using world = await factory()
      const stage = openGroupStage(world, manifest, durationMs(patience))
      try {
        await body(stage)
      } finally {
        await stage.close()
      }
    },
  })
