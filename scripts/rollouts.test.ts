import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { page, play } from './rollouts.ts'
import { stories } from './rollouts/stories.ts'

describe('docs/rollouts.md', () => {
  const text = readFileSync(page, 'utf8')

  it.each(stories.map(story => [story.title, story] as const))(
    'tells what happens: %s',
    async (_title, story) => {
      const { heading, end } = await play(story)
      expect(text).toContain(heading)
      // Every bound was asked for at each write; how long it took is chance.
      expect(end).toMatchObject({ old: 0, going: 0, new: (end?.ready ?? 0) + (end?.warm ?? 0), ready: end?.wanted })
    },
    60_000,
  )
})
