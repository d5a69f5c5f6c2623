import { type Duration, durationMs } from '@kube-node/core/runtime'
import { type Coverage, type TestPort, register } from '../suite/index.ts'
import type { Layer } from './layer.ts'
import type { MachineManifest } from './manifest.ts'
import { openStage } from './stage.ts'
import { topics } from './topics/index.ts'
import type { ProviderWorld } from './world.ts'

export interface ProviderConformanceOptions {
  /** `{ describe, it }` of any runner. */
  readonly test: TestPort
  /** Called for each test. What it answers is disposed after that test. */
  readonly factory: () => ProviderWorld | Promise<ProviderWorld>
  readonly manifest: MachineManifest
  /** How long a call of the provider may take in a test. Default 1m; below your runner's own limit it gives the better message. */
  readonly patience?: Duration
  /** Default: both, one after the other. */
  readonly layers?: readonly Layer[]
}

const headings: Readonly<Record<Layer, (name: string) => string>> = {
  direct: name => `provider ${name}`,
  policy: name => `provider ${name}, behind core's policy of calls`,
}

/**
 * Registers the tests that a provider of single machines must pass: once at the provider itself, once behind core's policy
 * of calls, as controllers use it. Answers which tests were registered, and which do not apply and why.
 */
export const providerConformance = (options: ProviderConformanceOptions): Coverage => {
  const { test, factory, manifest, patience = '1m', layers = ['direct', 'policy'] } = options
  const parts = layers.map(layer =>
    register({
      test,
      manifest,
      heading: headings[layer](manifest.name),
      topics: topics.map(topic => ({ ...topic, trials: topic.trials.filter(trial => layer === 'direct' || !trial.directOnly) })),
      async within(body) {
        await using world = await factory()
        const stage = openStage(world, manifest, layer, durationMs(patience))
        try {
          await body(stage)
        } finally {
          await stage.close()
        }
      },
    }),
  )
  return {
    registered: parts.flatMap(({ registered }) => registered),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  }
}
