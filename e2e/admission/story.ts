import type { TestAPI } from 'vitest'
import { type World, startWorld } from '../main-job/world.ts'
import { storiesIn } from '../story/index.ts'

/** Stories in a world whose controller has no rights but those of the manifests, with their policies in force. */
export const story: TestAPI<{ world: World }> = storiesIn(() => startWorld())
