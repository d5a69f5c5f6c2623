import { annotations, finalizers, labels, taints } from '@kube-node/core/api'
import { type Body, type Story, booting, ownedBySet, plain, running, tookOver } from './story.fixture.ts'

const policy = 'kubelets.kube-node.dev'
const ours = (what: string): Story['ends'] => ({ policy, saying: new RegExp(`: ${what} of kube-node.dev belong to kube-node`) })
const adopting: Story['ends'] = { policy: [policy, 'adoption.kube-node.dev'], saying: /belong to kube-node|may not adopt/ }
const notItsID: Story['ends'] = { policy, saying: /kube-node writes the providerID of its claims/ }

const tries = (title: string, patch: Body, ends: Story['ends'], rest: Partial<Story> = {}): readonly Story[] => [
  { title, who: 'kubelet', given: booting, does: { patch }, ends, ...rest },
  { title: `${title}, with its status`, who: 'kubelet', given: booting, does: { patch, on: 'status' }, ends, ...rest },
]
const registers = (title: string, create: Body, ends: Story['ends'], rest: Partial<Story> = {}): Story => ({
  title,
  who: 'kubelet',
  does: { create },
  ends,
  ...rest,
})
const everyLabel = [labels.class, labels.nodeset, labels.revision, labels.claim, 'kube-node.dev/anything']
const everyAnnotation = [...Object.values(annotations), 'kube-node.dev/anything']

export const kubeletStories: readonly Story[] = [
  ...everyLabel.flatMap(key => tries(`writes label ${key}`, { metadata: { labels: { [key]: 'forged' } } }, ours('labels'))),
  ...[labels.class, labels.revision].flatMap(key =>
    tries(`takes label ${key} off`, { metadata: { labels: { [key]: null } } }, ours('labels')),
  ),
  ...everyAnnotation.flatMap(key =>
    tries(
      `writes annotation ${key}`,
      { metadata: { annotations: { [key]: 'forged' } } },
      key === annotations.adopt ? adopting : ours('annotations'),
    ),
  ),
  ...[annotations.phase, annotations.machine].flatMap(key =>
    tries(`takes annotation ${key} off`, { metadata: { annotations: { [key]: null } } }, ours('annotations')),
  ),
  ...tries('takes our finalizer off', { metadata: { finalizers: null } }, ours('finalizers')),
  ...tries('adds a finalizer of ours', { metadata: { finalizers: ['kube-node.dev/other'] } }, ours('finalizers')),
  ...tries('gives itself an owner', { metadata: ownedBySet }, ours('owners'), { elsewhere: true }),
  {
    title: 'leaves its set',
    who: 'kubelet',
    given: { ...booting, metadata: { ...booting.metadata, ...ownedBySet } },
    does: { patch: { metadata: { ownerReferences: null } } },
    ends: ours('owners'),
    elsewhere: true,
  },
  ...[taints.notUp, taints.deleting].map(
    (key): Story => ({
      title: `writes taint ${key}`,
      who: 'kubelet',
      given: running,
      does: { patch: { spec: { taints: [{ key, effect: 'NoSchedule' }] } } },
      ends: ours('taints'),
      elsewhere: true,
    }),
  ),
  {
    title: 'takes our taint off',
    who: 'kubelet',
    given: booting,
    does: { patch: { spec: { taints: null } } },
    ends: ours('taints'),
    elsewhere: true,
  },
  {
    title: 'points at another instance',
    who: 'kubelet',
    given: booting,
    does: { patch: { spec: { providerID: 'simulated:///a/2' } } },
    ends: notItsID,
  },
  {
    title: 'makes itself a claim',
    who: 'kubelet',
    given: plain,
    does: { patch: { metadata: { labels: { [labels.class]: 'small' } } } },
    ends: ours('labels'),
  },
  registers('registers as a claim', { metadata: { labels: { [labels.class]: 'small' } } }, ours('labels')),
  registers("registers as the heir of somebody's claim", { metadata: { labels: { [labels.claim]: 'u-1' } } }, ours('labels')),
  registers('registers as what a claim was', { metadata: { annotations: { [annotations.claimedAs]: 'a' } } }, ours('annotations')),
  ...tries('denies that it took a claim over', { metadata: { labels: { [labels.claim]: null } } }, ours('labels'), { given: tookOver }),
  ...tries('takes another claim over', { metadata: { labels: { [labels.claim]: 'u-2' } } }, ours('labels'), { given: tookOver }),
  registers('registers with a record', { metadata: { annotations: { [annotations.machine]: '{}' } } }, ours('annotations')),
  registers('registers with our finalizer', { metadata: { finalizers: [finalizers.machine] } }, ours('finalizers')),
  registers('registers as one of a set', { metadata: ownedBySet }, ours('owners'), { elsewhere: true }),
  registers(
    'registers with taints of ours, which keep pods away',
    { spec: { taints: [{ key: taints.notUp, effect: 'NoExecute' }] } },
    'ok',
  ),
  registers('registers with an instance of its own', plain, 'ok'),
  ...[booting, running, plain].flatMap((given, i): readonly Story[] => {
    const ready = { conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }], nodeInfo: { kubeletVersion: 'v1.37.2' } }
    return [
      { title: `posts its status (${i})`, who: 'kubelet', given, does: { patch: { status: ready }, on: 'status' }, ends: 'ok' },
      {
        title: `posts its status and annotates itself (${i})`,
        who: 'kubelet',
        given,
        does: { patch: { metadata: { annotations: { 'volumes.kubernetes.io/x': 'true' } }, status: ready }, on: 'status' },
        ends: 'ok',
      },
      {
        title: `writes its own labels (${i})`,
        who: 'kubelet',
        given,
        does: { patch: { metadata: { labels: { 'kubelet.kubernetes.io/x': 'y' } } } },
        ends: 'ok',
      },
    ]
  }),
]
