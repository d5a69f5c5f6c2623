import { manifests } from '@kube-node/core/manifests'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { employ } from './actors.fixture.ts'
import { guarded } from './guarded.fixture.ts'
import { evaluationError, oddStories } from './oddNodes.fixture.ts'
import { play } from './story.fixture.ts'

it('No policy fails to judge a Node, however odd: an error would be a denial, of kubelets’ heartbeats too', async () => {
  const cluster = await guarded(manifests({ guardUnclaimedNodes: true, kubeletProviderIDs: ['simulated:///'] }))
  await employ(cluster)
  let tries = 0
  const outcomes = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(oddStories, async story => {
      tries += 1
      const answer = await play(cluster, story, `odd-${tries}`)
      expect(answer).not.toMatch(evaluationError)
      const kind = answer.slice(0, 3)
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
    }),
    { numRuns: 500 },
  )
  // Many get past the API server's own validation, to the policies and beyond them.
  expect(outcomes.get('ok') ?? 0).toBeGreaterThan(50)
  expect(outcomes.get('403') ?? 0).toBeGreaterThan(50)
}, 30_000)
