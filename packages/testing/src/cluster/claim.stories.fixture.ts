import { annotations, finalizers, labels, taints } from '@kube-node/core/api'
import type { Actor } from './actors.fixture.ts'
import { claimDeletionStories } from './deletion.stories.fixture.ts'
import { handoverStories } from './handover.stories.fixture.ts'
import { type Body, type Story, bare, booting, ownedBySet, plain, running } from './story.fixture.ts'

const denied = (saying: RegExp, policy = 'claims.kube-node.dev'): Story['ends'] => ({ policy, saying })
const notHis = denied(/may not use NodeClass/)
const reserved = denied(/belong to kube-node's controller/)
const keepsFinalizer = denied(/the finalizer stays until the machine is gone/)
const sameClass = denied(/the class of a claim does not change while its machine exists/)
const noStatus = denied(/a claim has no status/)
const noInstance = denied(/a claim has no providerID and no pod CIDRs/)
const noOwners = denied(/a claim has no owners and no finalizers/)
const noPlace = denied(/labels that say where a node is/)
const notAdopter = denied(/may not adopt Nodes for NodeClass/)

const makes = (title: string, create: Body, ends: Story['ends'], who: Actor = 'developer'): Story => ({
  title: `makes a claim ${title}`,
  who,
  does: { create },
  ends,
})
const claim = (metadata: Readonly<Record<string, unknown>>, rest: Body = {}): Body => ({
  metadata: { ...bare.metadata, ...metadata },
  ...rest,
})
const changes = (title: string, given: Body, patch: Body, ends: Story['ends'], who: Actor = 'developer', on?: 'status'): Story => ({
  title,
  who,
  given,
  does: { patch, ...(on && { on }) },
  ends,
})
const label = (key: string, value: string | null): Body => ({ metadata: { labels: { [key]: value } } })
const annotation = (key: string, value: string | null): Body => ({ metadata: { annotations: { [key]: value } } })
const ofClass = (name: string): Body => claim({ labels: { [labels.class]: name } })

const births: readonly Story[] = [
  makes('of a class that he may use', bare, 'ok'),
  makes('of another class', ofClass('big'), notHis),
  makes('without the verb', bare, notHis, 'stranger'),
  makes(
    'with a label and a taint of his own',
    claim(
      { labels: { [labels.class]: 'small', tier: 'web' } },
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }], unschedulable: true } },
    ),
    'ok',
  ),
  makes('that says it may go first', claim({ annotations: { [annotations.deletionCost]: '-1' } }), 'ok'),
  makes('with a forged address', claim({}, { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } }), noStatus),
  makes('with a forged condition', claim({}, { status: { conditions: [{ type: 'Ready', status: 'True' }] } }), noStatus),
  makes('with a forged capacity', claim({}, { status: { capacity: { cpu: '64' } } }), noStatus),
  makes('with a forged kubelet', claim({}, { status: { nodeInfo: { kubeletVersion: 'v1.37.2' } } }), noStatus),
  makes('with a forged port', claim({}, { status: { daemonEndpoints: { kubeletEndpoint: { Port: 6443 } } } }), noStatus),
  makes('with an empty status', claim({}, { status: { conditions: [], daemonEndpoints: { kubeletEndpoint: { Port: 0 } } } }), 'ok'),
  makes("with somebody's instance", claim({}, { spec: { providerID: 'simulated:///a/1' } }), noInstance),
  makes("with somebody's addresses for pods", claim({}, { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } }), noInstance),
  makes('in a zone of his choice', claim({ labels: { [labels.class]: 'small', [labels.zone]: 'a' } }), noPlace),
  makes('that looks trusted', claim({ labels: { [labels.class]: 'small', 'node-restriction.kubernetes.io/vault': 'yes' } }), noPlace),
  makes('with an owner', claim({ ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: 'u' }] }), noOwners),
  makes('with a finalizer', claim({ finalizers: ['example.com/mine'] }), noOwners),
  makes('of a set', claim(ownedBySet), denied(/NodeSets as owners belong/)),
  makes('with our finalizer', claim({ finalizers: [finalizers.machine] }), keepsFinalizer),
  makes('with a record', claim({ annotations: { [annotations.machine]: '{}' } }), reserved),
  makes('of a revision', claim({ labels: { [labels.class]: 'small', [labels.revision]: 'a1' } }), reserved),
  makes('with a taint of ours', claim({}, { spec: { taints: [{ key: taints.deleting, effect: 'NoSchedule' }] } }), reserved),
  makes('with all that a set gives it', { ...booting, metadata: { ...booting.metadata, ...ownedBySet } }, 'ok', 'controller'),
  {
    title: 'registers with a taint of ours',
    who: 'kubelet',
    does: { create: { spec: { taints: [{ key: taints.notUp, effect: 'NoExecute' }] } } },
    ends: 'ok',
  },
  makes('by no label but our finalizer', { metadata: { finalizers: [finalizers.machine] } }, keepsFinalizer),
]

const reservedChanges: readonly Story[] = (['developer', 'stranger', 'node-controller'] as const).flatMap((who): readonly Story[] =>
  [undefined, 'status' as const].flatMap(on => [
    changes('forges the record', booting, annotation(annotations.machine, '{"attempt":1}'), reserved, who, on),
    changes('takes the record away', booting, annotation(annotations.machine, null), reserved, who, on),
    changes('forges the phase', booting, annotation(annotations.phase, 'Running'), reserved, who, on),
    changes('forges the revision', booting, label(labels.revision, 'b2'), reserved, who, on),
    changes('takes the finalizer off', booting, { metadata: { finalizers: null } }, keepsFinalizer, who, on),
  ]),
)

const classChanges: readonly Story[] = [
  changes('gives his claim another class that is not his', bare, label(labels.class, 'big'), notHis),
  changes("takes another's claim over", ofClass('big'), label(labels.class, 'small'), notHis),
  changes('unclaims his claim', bare, label(labels.class, null), 'ok'),
  changes("unclaims another's claim", ofClass('big'), label(labels.class, null), notHis),
  changes('claims a Node that waits for nothing', {}, label(labels.class, 'small'), 'ok'),
  changes('claims a Node for a class that is not his', {}, label(labels.class, 'big'), notHis),
  changes('changes the class while there is a machine', booting, label(labels.class, 'big'), sameClass, 'administrator'),
  changes('takes the class away while there is a machine', running, label(labels.class, null), sameClass, 'administrator'),
  changes(
    'takes class and finalizer away together',
    running,
    { metadata: { labels: { [labels.class]: null }, finalizers: null } },
    'ok',
    'administrator',
  ),
  changes('relabels a Node that runs', plain, label(labels.class, 'small'), notAdopter),
  changes('relabels a Node that runs, and may adopt', plain, label(labels.class, 'small'), 'ok', 'adopter'),
]

const uninitialized: Body = {
  ...booting,
  spec: {
    ...booting.spec,
    taints: [
      { key: taints.notUp, effect: 'NoExecute' },
      { key: taints.uninitialized, value: 'true', effect: 'NoSchedule' },
    ],
  },
}
const ofCloud = { [labels.zone]: 'a', [labels.region]: 'r', [labels.instanceType]: 't', 'failure-domain.beta.kubernetes.io/zone': 'a' }

const initializations: readonly Story[] = [
  ...(['node-controller', 'cloud-controller-manager', 'system:cloud-controller-manager'] as const).flatMap((who): readonly Story[] => [
    changes('initialises a claim', uninitialized, { metadata: { labels: ofCloud }, spec: { taints: booting.spec?.['taints'] } }, 'ok', who),
    changes(
      'gives a claim its addresses',
      uninitialized,
      { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } },
      'ok',
      who,
      'status',
    ),
  ]),
  changes('takes our taint off with its own', uninitialized, { spec: { taints: null } }, reserved, 'node-controller'),
]

const otherChanges: readonly Story[] = [
  changes('says that his claim is not to be disturbed', running, annotation(annotations.doNotDisrupt, 'true'), 'ok'),
  changes("says so of another's claim", ofClass('big'), annotation(annotations.doNotDisrupt, 'true'), notHis),
  changes("says that another's claim may go first", ofClass('big'), annotation(annotations.deletionCost, '-1'), notHis),
  changes('takes our taint off', booting, { spec: { taints: null } }, reserved),
  changes('puts his claim into a set', booting, { metadata: ownedBySet }, denied(/NodeSets as owners belong/)),
  changes(
    'takes a claim out of its set',
    { ...booting, metadata: { ...booting.metadata, ...ownedBySet } },
    { metadata: { ownerReferences: null } },
    notHis,
    'stranger',
  ),
  changes(
    'lets go of the Nodes of a set',
    { ...booting, metadata: { ...booting.metadata, ...ownedBySet } },
    { metadata: { ownerReferences: null } },
    'ok',
    'generic-garbage-collector',
  ),
  changes('labels any claim', running, label('team', 'web'), 'ok', 'stranger'),
  changes('cordons any claim', running, { spec: { unschedulable: true } }, 'ok', 'stranger'),
  changes(
    'taints a claim as unreachable',
    running,
    { spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] } },
    'ok',
    'node-controller',
  ),
  changes('gives a claim its pod CIDR', running, { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } }, 'ok', 'node-controller'),
  changes(
    'says that a claim is lost',
    running,
    { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
    'ok',
    'node-controller',
    'status',
  ),
  changes('takes the finalizer off in an emergency', booting, { metadata: { finalizers: null } }, 'ok', 'caretaker'),
  changes('takes the finalizer off in an emergency, with all verbs', booting, { metadata: { finalizers: null } }, 'ok', 'administrator'),
  changes('mends the record', booting, annotation(annotations.machine, '{"attempt":1}'), 'ok', 'caretaker'),
  changes(
    'goes on with the claim',
    booting,
    { metadata: { annotations: { [annotations.phase]: 'Running' } }, spec: { providerID: 'simulated:///a/3' } },
    'ok',
    'controller',
  ),
]

export const claimStories: readonly Story[] = [
  ...births,
  ...reservedChanges,
  ...classChanges,
  ...otherChanges,
  ...initializations,
  ...claimDeletionStories,
  ...handoverStories,
]

const noAdopter = denied(/may not adopt Nodes for NodeClass/, 'adoption.kube-node.dev')

export const adoptionStories: readonly Story[] = [
  changes('asks for adoption', plain, annotation(annotations.adopt, 'small'), 'ok', 'adopter'),
  changes('asks for adoption without the verb', plain, annotation(annotations.adopt, 'small'), noAdopter),
  changes('asks for adoption by another class', plain, annotation(annotations.adopt, 'big'), noAdopter, 'adopter'),
  changes('asks for adoption through the status', plain, annotation(annotations.adopt, 'small'), noAdopter, 'developer', 'status'),
  changes(
    'calls an adoption off that is not his',
    { metadata: { annotations: { [annotations.adopt]: 'big' } } },
    annotation(annotations.adopt, null),
    noAdopter,
    'adopter',
  ),
  changes(
    'calls an adoption off',
    { metadata: { annotations: { [annotations.adopt]: 'small' } } },
    annotation(annotations.adopt, null),
    'ok',
    'adopter',
  ),
  changes(
    'labels a Node that is to be adopted',
    { metadata: { annotations: { [annotations.adopt]: 'big' } } },
    label('team', 'web'),
    'ok',
    'stranger',
  ),
  changes(
    'adopts',
    { metadata: { annotations: { [annotations.adopt]: 'big' } } },
    { metadata: { labels: { [labels.class]: 'big' }, annotations: { [annotations.adopt]: null }, finalizers: [finalizers.machine] } },
    'ok',
    'controller',
  ),
]
