import { annotations, finalizers, labels } from '@kube-node/core/api'
import type { Actor } from './actors.fixture.ts'
import { type Body, type Story, bare, booting, plain, running, set } from './story.fixture.ts'

const early = { policy: 'early-deletion.kube-node.dev', saying: /is being provisioned, so \S+ may not delete it yet/ } as const
const notHis = { policy: 'claims.kube-node.dev', saying: /may not use NodeClass/ } as const
const noClaim = { policy: 'unclaimed-nodes.kube-node.dev', saying: /this Node is no claim/ } as const
const phase = (name: string): Body => ({
  metadata: { ...booting.metadata, annotations: { [annotations.phase]: name } },
})
const deletes = (title: string, who: Actor, given: Body, ends: Story['ends']): Story => ({
  title,
  who,
  given,
  does: { delete: true },
  ends,
})
const noLabel: Body = { metadata: { finalizers: [finalizers.machine], annotations: { [annotations.phase]: 'Booting' } } }

export const earlyDeletionStories: readonly Story[] = [
  deletes('a claim that nobody has looked at yet', 'cloud-controller-manager', bare, early),
  deletes('a claim whose machine is on its way', 'node-controller', booting, early),
  deletes('the same, by the user that such a program may be', 'system:cloud-controller-manager', booting, early),
  deletes('a claim that has lost its label', 'node-controller', noLabel, early),
  deletes('a claim that waits', 'node-controller', phase('Pending'), early),
  deletes('a claim of a phase that does not exist', 'node-controller', phase('Nonsense'), early),
  deletes('a claim that runs, and whose machine the cloud has lost', 'node-controller', running, 'ok'),
  deletes('a claim that drains', 'node-controller', phase('Draining'), 'ok'),
  deletes('a Node that is no claim', 'node-controller', plain, 'ok'),
  deletes('a Node without labels', 'cloud-controller-manager', {}, 'ok'),
  deletes('a claim of a set that is deleted', 'generic-garbage-collector', booting, 'ok'),
  deletes('a claim that a person has had enough of', 'developer', booting, 'ok'),
  deletes('the same, by the controller', 'controller', booting, 'ok'),
]

export const claimDeletionStories: readonly Story[] = [
  deletes('a claim of a class that he may use', 'developer', running, 'ok'),
  deletes('a claim of another class', 'developer', { metadata: { labels: { [labels.class]: 'big' } } }, notHis),
  deletes('a claim, without the verb', 'stranger', running, notHis),
  deletes('a claim without its label, which may be of any class', 'developer', noLabel, notHis),
  deletes('the same, with all verbs', 'administrator', noLabel, 'ok'),
  deletes('a claim, as one of the controllers of Kubernetes', 'system:kube-controller-manager', running, 'ok'),
  deletes('a Node that is no claim', 'bypasser', plain, 'ok'),
]

export const unclaimedStories: readonly Story[] = [
  deletes('a Node that is no claim', 'developer', plain, noClaim),
  deletes('a Node that is no claim, as its own kubelet does on some clusters', 'kubelet', plain, 'ok'),
  deletes('a Node that is no claim, as a cloud-controller-manager does', 'cloud-controller-manager', plain, 'ok'),
  deletes('a Node that is no claim, with the verb', 'bypasser', plain, 'ok'),
  deletes('a claim', 'developer', bare, 'ok'),
  { title: 'makes a Node that is no claim', who: 'developer', does: { create: {} }, ends: noClaim },
  { title: 'makes a Node that is no claim, with the verb', who: 'bypasser', does: { create: {} }, ends: 'ok' },
  { title: 'makes a claim', who: 'developer', does: { create: bare }, ends: 'ok' },
  { title: 'registers', who: 'kubelet', does: { create: plain }, ends: 'ok' },
]

const notHisSet = { policy: 'nodesets.kube-node.dev', saying: /may not use NodeClass (small|big):/ } as const
const bigSet: Body = { kind: 'NodeSet', spec: { nodeClassName: 'big', replicas: 0 } }

/** Every place in a list of classes is looked at. */
const bigAmongSmall: readonly Body[] = [1, 2, 3].map(at => ({
  kind: 'NodeSet',
  spec: { nodeClassNames: [...Array.from({ length: at }, () => 'small'), 'big'], replicas: 0 },
}))

/** One that takes a group over which exists. */
const ofGroup: Body = { kind: 'NodeSet', spec: { nodeClassName: 'small', replicas: 0, group: { id: 'old' } } }
const notHisGroup = { policy: 'nodesets.kube-node.dev', saying: /may not take groups over for NodeClass small:/ } as const

export const nodeSetStories: readonly Story[] = [
  { title: 'takes a group over', who: 'developer', does: { create: ofGroup }, ends: notHisGroup },
  { title: 'takes a group over for a class for which he may adopt', who: 'adopter', does: { create: ofGroup }, ends: 'ok' },
  {
    title: 'scales a set that has taken a group over',
    who: 'developer',
    given: ofGroup,
    does: { patch: { spec: { replicas: 1 } } },
    ends: 'ok',
  },
  ...bigAmongSmall.flatMap((mixed): readonly Story[] => [
    { title: 'makes a set of his class and another one', who: 'developer', does: { create: mixed }, ends: notHisSet },
    { title: 'deletes such a set', who: 'developer', given: mixed, does: { delete: true }, ends: notHisSet },
  ]),
  { title: 'makes a set of a class that he may use', who: 'developer', does: { create: set }, ends: 'ok' },
  { title: 'makes a set of another class', who: 'developer', does: { create: bigSet }, ends: notHisSet },
  { title: 'scales his set', who: 'developer', given: set, does: { patch: { spec: { replicas: 1 } } }, ends: 'ok' },
  {
    title: 'scales the set of another class',
    who: 'developer',
    given: bigSet,
    does: { patch: { spec: { replicas: 1 } } },
    ends: notHisSet,
  },
  {
    title: 'turns his set to another class',
    who: 'developer',
    given: set,
    does: { patch: { spec: { nodeClassName: 'big' } } },
    ends: notHisSet,
  },
  {
    title: 'takes a set over from another class',
    who: 'developer',
    given: bigSet,
    does: { patch: { spec: { nodeClassName: 'small' } } },
    ends: notHisSet,
  },
  { title: 'labels a set', who: 'stranger', given: set, does: { patch: { metadata: { labels: { team: 'web' } } } }, ends: 'ok' },
  { title: 'deletes his set', who: 'developer', given: set, does: { delete: true }, ends: 'ok' },
  { title: 'deletes the set of another class', who: 'developer', given: bigSet, does: { delete: true }, ends: notHisSet },
  { title: 'deletes a set whose owner is gone', who: 'generic-garbage-collector', given: bigSet, does: { delete: true }, ends: 'ok' },
  { title: 'makes a set of any class', who: 'administrator', does: { create: bigSet }, ends: 'ok' },
]
