import { adoptionStories, claimStories } from './claim.stories.fixture.ts'
import { earlyDeletionStories, nodeSetStories, unclaimedStories } from './deletion.stories.fixture.ts'
import { kubeletStories } from './kubelet.stories.fixture.ts'
import type { Story } from './story.fixture.ts'

/** What each policy denies and lets pass; here on the embedded server, in e2e/admission on a real one. */
export const topics: readonly (readonly [policy: string, stories: readonly Story[]])[] = [
  ['early-deletion.kube-node.dev', earlyDeletionStories],
  ['kubelets.kube-node.dev', kubeletStories],
  ['claims.kube-node.dev', claimStories],
  ['adoption.kube-node.dev', adoptionStories],
  ['nodesets.kube-node.dev', nodeSetStories],
  ['unclaimed-nodes.kube-node.dev', unclaimedStories],
]

/** The guard of other Nodes is a question of its own: with it, others' stories about such Nodes would end there. */
export const guardsUnclaimed = (policy: string): boolean => policy.startsWith('unclaimed-nodes')
