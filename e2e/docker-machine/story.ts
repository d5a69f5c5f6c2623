import type { TestAPI } from 'vitest'
import { storiesIn } from '../story/index.ts'
import { type World, startWorld } from './world.ts'

/** Stories of a pool of hosts that are claimed over SSH. */
export const story: TestAPI<{ world: World }> = storiesIn(startWorld)
