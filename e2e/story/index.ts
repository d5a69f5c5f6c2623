import { type TestAPI, test } from 'vitest'

/** What stories take place in. */
export interface Scene extends AsyncDisposable {
  /** What a person would look at when a story has failed. */
  report(): Promise<string>
}

/**
 * Tests with a world that all stories of a file share. It is built for the first one and ends with the last, and says how it is after each
 * one that fails. `atTheEnd` throws when something was wrong that no single story looks at.
 */
export const storiesIn = <W extends Scene>(start: () => Promise<W>, atTheEnd: (world: W) => void = () => {}): TestAPI<{ world: W }> =>
  test.extend<{ $file: { world: W }; $test: { watched: void } }>({
    world: [
      // eslint-disable-next-line no-empty-pattern -- vitest wants the pattern
      async ({}, use) => {
        await using world = await start()
        await use(world)
        atTheEnd(world)
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
