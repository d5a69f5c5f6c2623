import type { TestAPI } from 'vitest'
import { storiesIn } from '../story/index.ts'
import { type World, startWorld } from './world.ts'

/** No claim has two machines, not even for a moment; and nothing that costs money outlives the last story. */
const nothingTwiceNothingLeft = ({ cloud: { doubles, living }, google }: World): void => {
  if (doubles.length > 0) throw new Error(`a claim had two machines at once: ${doubles.join('; ')}`)
  const left = [...living(), ...google.disks().map(({ name }) => `disk ${name}`)]
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
}

export const story: TestAPI<{ world: World }> = storiesIn(startWorld, nothingTwiceNothingLeft)
