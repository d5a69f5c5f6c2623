import type { TestAPI } from 'vitest'
import { nothingTwice } from '../main-job/story.ts'
import { type World, startWorld } from '../main-job/world.ts'
import { storiesIn } from '../story/index.ts'

/** Stories with an installation as a person makes it, and its controller's own credentials. */
export const story: TestAPI<{ world: World }> = storiesIn(() => startWorld({ asPrinted: true, scheduler: true }), nothingTwice)
