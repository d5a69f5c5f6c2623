import type { TestAPI } from 'vitest'
import { nothingTwice } from '../main-job/story.ts'
import { type World, startWorld } from '../main-job/world.ts'
import { storiesIn } from '../story/index.ts'

/** Stories of nodes that live on: what runs stays as it is, and where it is. */
export const story: TestAPI<{ world: World }> = storiesIn(() => startWorld(), nothingTwice)
