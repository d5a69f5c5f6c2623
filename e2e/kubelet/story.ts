import { type TestAPI, test } from 'vitest'
import { type World, startWorld } from './world.ts'

/** A test with a world that all stories of its file share. */
export const story: TestAPI<{ world: World }> = test.extend<{ $file: { world: World }; $test: { watched: void } }>({
  world: [
    // eslint-disable-next-line no-empty-pattern -- vitest wants the pattern
    async ({}, use) => {
      await using world = await startWorld()
      await use(world)
    },
    { scope: 'file' },
  ],
  watched: [
    async ({ world, onTestFailed }, use) => {
      onTestFailed(async () => console.log(await world.report()))
      await use()
    },
    { auto: true },
  ],
})
