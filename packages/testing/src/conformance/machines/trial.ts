import type { Topic, Trial } from '../suite/index.ts'
import type { MachineManifest } from './manifest.ts'
import type { Stage } from './stage.ts'

export interface MachineTrial extends Trial<MachineManifest, Stage> {
  /** It says something of the provider alone; behind core's policy it would only test core again. */
  readonly directOnly?: true
}

export interface MachineTopic extends Topic<MachineManifest, Stage> {
  readonly trials: readonly MachineTrial[]
}
