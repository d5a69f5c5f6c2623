import type { TestAPI } from 'vitest'
import { storiesIn } from '../story/index.ts'
import { type World, startWorld } from './world.ts'

/** Stories with machines that run real kubelets. */
export const story: TestAPI<{ world: World }> = storiesIn(startWorld)
