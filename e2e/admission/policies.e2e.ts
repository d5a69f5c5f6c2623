import fc from 'fast-check'
import { expect, test } from 'vitest'
import { employ } from '../../packages/testing/src/cluster/actors.fixture.ts'
import type { Guarded } from '../../packages/testing/src/cluster/guarded.fixture.ts'
import { evaluationError, oddStories } from '../../packages/testing/src/cluster/oddNodes.fixture.ts'
import { type Story, endedAsTold, play } from '../../packages/testing/src/cluster/story.fixture.ts'
import { guardsUnclaimed, topics } from '../../packages/testing/src/cluster/topics.fixture.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/index.ts'
import { eventually } from '../main-job/eventually.ts'
import { apply, impersonated } from './cluster.ts'

// Without kube-controller-manager: it would collect Nodes whose set does not exist.
interface Stage {
  readonly controlPlane: ControlPlane
  readonly cluster: Guarded
}

const story = test.extend<{ $file: { stage: Stage } }>({
  stage: [
    // eslint-disable-next-line no-empty-pattern -- vitest wants the pattern
    async ({}, use) => {
      await using controlPlane = await startControlPlane({ controllerManager: false })
      await apply(controlPlane, {})
      await using cluster = await impersonated(controlPlane)
      await employ(cluster)
      await use({ controlPlane, cluster })
    },
    { scope: 'file' },
  ],
})

/** A real API server takes a moment to notice a policy. */
const inForce = (cluster: Guarded, policy: string, stories: readonly Story[], signal: AbortSignal): Promise<void> => {
  const denied = stories.find(({ ends, elsewhere }) => ends !== 'ok' && elsewhere === undefined)
  let tries = 0
  return eventually({ signal }, async () => {
    tries += 1
    expect(denied && (await play(cluster, denied, `${policy.replace(/\..*/, '')}-${tries}`))).toContain(`403 ${policy}`)
  })
}

const endsWell = (each: Story, answer: string): boolean =>
  endedAsTold(each, answer) || (each.elsewhere === true && each.ends !== 'ok' && answer.startsWith('403 '))

// The one that is asked for separately comes last.
story.for(topics)('policy %s', async ([policy, stories], { stage: { controlPlane, cluster }, signal }) => {
  if (guardsUnclaimed(policy)) await apply(controlPlane, { only: ['policies'], guardUnclaimedNodes: true })
  await inForce(cluster, policy, stories, signal)
  const otherwise: string[] = []
  for (const [i, each] of stories.entries()) {
    const answer = await play(cluster, each, `${policy.slice(0, 3)}${i}`)
    if (!endsWell(each, answer)) otherwise.push(`${each.who}: ${each.title} (${i}): ${answer}`)
  }
  expect(otherwise).toEqual([])
})

story('no policy fails to judge a Node, however odd', async ({ stage: { cluster } }) => {
  const failed: string[] = []
  let denied = 0
  for (const [i, odd] of fc.sample(oddStories, { seed: 1, numRuns: 400 }).entries()) {
    const answer = await play(cluster, odd, `odd-${i}`)
    if (answer.startsWith('403 ')) denied += 1
    if (evaluationError.test(answer)) failed.push(answer)
  }
  expect(failed).toEqual([])
  expect(denied).toBeGreaterThan(50)
})
