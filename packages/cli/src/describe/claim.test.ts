import { annotations, finalizers } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { describeClaim, responsibleFor } from './claim.ts'
import { type Story, absent, at, claimNode, factsOf, nodeClass, said } from './facts.fixture.ts'

const stockout = 'provider p: InsufficientCapacity: nothing left of m7i.large in eu-west-1a; next try in 4 min'
const machine = { id: 'i-1', createdAt: at(20) }
const provisioned = (status: 'True' | 'False', reason: string, message: string, minute: number): NonNullable<Story['conditions']>[number] =>
  said('MachineProvisioned', status, reason, message, minute)
const drained = (reason: string, message: string): NonNullable<Story['conditions']>[number] => said('Drained', 'False', reason, message, 26)
const event = (reason: string, message: string, minute: number): NonNullable<Story['events']>[number] => ({
  reason,
  message,
  lastTimestamp: at(minute),
})

/** Phase, since when, state, why, next. */
const stories: readonly (readonly [string, Story, readonly [string, string | undefined, string, string, string?]])[] = [
  ['a Node that is no claim', { unclaimed: true }, ['', undefined, 'ok', 'names no class: not a claim of kube-node']],
  [
    'one that runs already',
    { unclaimed: true, joined: true },
    ['', undefined, 'ok', 'names no class: not a claim of kube-node', 'kube-node adopt brings it under management'],
  ],
  ['a new claim', {}, ['Pending', at(0), 'progress', 'nobody has begun with it']],
  ['no class', { nodeClass: 'missing' }, ['Pending', at(0), 'trouble', 'there is no NodeClass "small"', 'create it, or delete this node']],
  ['a class that may not be read', { nodeClass: 'unreadable' }, ['Pending', at(0), 'progress', 'nobody has begun with it']],
  [
    'a class that is not ready',
    { nodeClass: nodeClass({}, [said('Ready', 'False', 'InvalidConfig', 'no region', 3)]) },
    ['Pending', at(0), 'trouble', 'NodeClass "small" is not ready: InvalidConfig: no region', 'correct the class'],
  ],
  [
    'a limit',
    { conditions: [provisioned('False', 'LimitReached', 'older nodes use up the 3', 3)] },
    ['Pending', at(0), 'trouble', 'LimitReached: older nodes use up the 3'],
  ],
  ['an adoption', { annotations: { [annotations.adopt]: 'small' } }, ['Pending', at(0), 'progress', 'is to be adopted']],
  [
    'a broken record',
    { record: '{' },
    [
      'Pending',
      at(0),
      'trouble',
      expect.stringContaining('the record of its machine makes no sense'),
      expect.stringContaining('restore it'),
    ],
  ],
  ['a create under way', { phase: 'Provisioning', record: {} }, ['Provisioning', at(1), 'progress', 'its machine is being made at p']],
  [
    'a stockout, with the time until the next try',
    { phase: 'Provisioning', record: {}, conditions: [provisioned('False', 'InsufficientCapacity', stockout, 28)] },
    ['Provisioning', at(1), 'trouble', 'provider p: InsufficientCapacity: nothing left of m7i.large in eu-west-1a', 'next try in 2 min'],
  ],
  [
    'a next try that should be now',
    { phase: 'Provisioning', record: {}, conditions: [provisioned('False', 'InsufficientCapacity', stockout, 20)] },
    ['Provisioning', at(1), 'trouble', expect.stringContaining('InsufficientCapacity'), 'the next try is due'],
  ],
  [
    'the failure of an earlier attempt',
    { phase: 'Provisioning', record: { attempt: 2, startedAt: at(25) }, conditions: [provisioned('False', 'Internal', stockout, 20)] },
    [
      'Provisioning',
      at(25),
      'progress',
      'attempt 2: its machine is being made at p; the last attempt: Internal: ' +
        'provider p: InsufficientCapacity: nothing left of m7i.large in eu-west-1a',
    ],
  ],
  [
    'a boot',
    { phase: 'Booting', record: machine },
    [
      'Booting',
      at(20),
      'progress',
      'its kubelet has not joined',
      'it is replaced when no kubelet has joined in 5 min (spec.timeouts.join)',
    ],
  ],
  [
    'a boot that takes too long',
    { phase: 'Booting', record: machine, nodeClass: nodeClass({ timeouts: { join: '5m' } }) },
    ['Booting', at(20), 'progress', 'its kubelet has not joined', 'its time to join is over: it is to be replaced'],
  ],
  [
    'steps on the machine, which take their own time',
    { phase: 'Booting', record: { ...machine, config: {} } },
    [
      'Booting',
      at(20),
      'progress',
      'its kubelet has not joined',
      'it is replaced when no kubelet has joined in 20 min (spec.timeouts.join)',
    ],
  ],
  [
    'a boot after a failure of the create',
    { phase: 'Booting', record: machine, conditions: [provisioned('False', 'InsufficientCapacity', stockout, 10)] },
    ['Booting', at(20), 'progress', 'its kubelet has not joined', expect.any(String)],
  ],
  [
    'a certificate that is refused',
    {
      phase: 'Booting',
      record: machine,
      events: [event('CertificateWaits', 'early', 21), event('CertificateRefused', 'certificate request csr-1: KeyRefused: RSA 512', 22)],
    },
    ['Booting', at(20), 'trouble', 'certificate request csr-1: KeyRefused: RSA 512', expect.any(String)],
  ],
  [
    'a certificate that was refused to an earlier machine',
    { phase: 'Booting', record: machine, events: [event('CertificateRefused', 'old', 10)] },
    ['Booting', at(20), 'progress', 'its kubelet has not joined', expect.any(String)],
  ],
  [
    'a kubelet that is not ready yet',
    { phase: 'Booting', record: machine, joined: true, ready: 'False' },
    ['Booting', at(20), 'progress', 'its kubelet has joined and is not ready: no CNI'],
  ],
  [
    'startup taints',
    {
      phase: 'Booting',
      record: machine,
      joined: true,
      ready: 'True',
      taints: ['cni/wait'],
      nodeClass: nodeClass({ template: { startupTaints: [{ key: 'cni/wait', effect: 'NoSchedule' }] } }),
    },
    ['Booting', at(20), 'progress', 'waits for somebody to take startup taints off: cni/wait'],
  ],
  [
    'a cloud-controller-manager',
    { phase: 'Booting', record: machine, joined: true, ready: 'True', taints: ['node.cloudprovider.kubernetes.io/uninitialized'] },
    [
      'Booting',
      at(20),
      'progress',
      'waits for a cloud-controller-manager to initialise it and take taint node.cloudprovider.kubernetes.io/uninitialized off',
    ],
  ],
  [
    'a cloud-controller-manager and startup taints',
    {
      phase: 'Booting',
      record: machine,
      joined: true,
      ready: 'True',
      taints: ['cni/wait', 'node.cloudprovider.kubernetes.io/uninitialized'],
      nodeClass: nodeClass({ template: { startupTaints: [{ key: 'cni/wait', effect: 'NoSchedule' }] } }),
    },
    ['Booting', at(20), 'progress', expect.stringMatching(/uninitialized off, and for somebody to take startup taints off: cni\/wait$/)],
  ],
  [
    'a node that runs',
    { phase: 'Running', record: machine, joined: true, ready: 'True', conditions: [provisioned('True', 'Provisioned', '', 22)] },
    ['Running', at(5), 'ok', ''],
  ],
  [
    'a node that runs and whose condition is not written yet',
    { phase: 'Running', record: machine, joined: true, ready: 'True' },
    ['Running', at(5), 'ok', ''],
  ],
  [
    'a node that somebody has cordoned',
    { phase: 'Running', record: machine, joined: true, ready: 'True', cordoned: true },
    ['Running', at(5), 'ok', 'cordoned'],
  ],
  [
    'a node that is not ready any more',
    { phase: 'Running', record: machine, joined: true, ready: 'Unknown' },
    ['Running', at(20), 'trouble', 'not ready: no CNI'],
  ],
  [
    'a machine that is missing',
    {
      phase: 'Running',
      record: machine,
      joined: true,
      ready: 'True',
      conditions: [provisioned('False', 'MachineLossFrozen', 'too many', 29)],
    },
    ['Running', at(5), 'trouble', 'MachineLossFrozen: too many'],
  ],
  [
    'a deletion that nobody has noticed yet',
    { phase: 'Running', record: machine, joined: true, ready: 'True', deletedAt: at(29) },
    ['Running', at(5), 'progress', 'it was deleted; its drain has not begun'],
  ],
  [
    'a drain',
    { phase: 'Draining', record: machine, joined: true, deletedAt: at(25), conditions: [drained('Evicting', 'waits for 1 pod: a/b')] },
    [
      'Draining',
      at(25),
      'progress',
      'Evicting: waits for 1 pod: a/b',
      'its machine is deleted in 55 min at the latest (spec.timeouts.drain)',
    ],
  ],
  [
    'a drain that a budget holds',
    { phase: 'Draining', record: machine, joined: true, deletedAt: at(25), conditions: [drained('EvictionRefused', 'waits for a/b')] },
    ['Draining', at(25), 'trouble', 'EvictionRefused: waits for a/b', expect.any(String)],
  ],
  [
    'the end of a machine',
    { phase: 'Deleting', record: { ...machine, deletedAt: at(28) }, joined: true, deletedAt: at(25) },
    ['Deleting', at(28), 'progress', 'machine i-1 is being deleted at p', 'the Node goes when the provider says that it is gone'],
  ],
  [
    'the end of a machine whose pods did not go in time',
    { phase: 'Deleting', record: machine, deletedAt: at(25), conditions: [drained('DrainTimeout', '1 h is over')] },
    ['Deleting', at(25), 'progress', 'machine i-1 is being deleted at p; DrainTimeout: 1 h is over', expect.any(String)],
  ],
  [
    'a deletion that the provider refuses',
    { phase: 'Deleting', record: machine, deletedAt: at(25), conditions: [provisioned('False', 'Busy', 'locked; next try in 40 s', 30)] },
    ['Deleting', at(25), 'trouble', 'Busy: locked', 'next try in 40 s'],
  ],
  [
    'a deletion, after a failure on the way up',
    { phase: 'Deleting', record: {}, deletedAt: at(25), conditions: [provisioned('False', 'InsufficientCapacity', stockout, 20)] },
    ['Deleting', at(25), 'progress', 'makes sure that no machine was made for it'],
  ],
  [
    'finalizers of others',
    { phase: 'Deleting', deletedAt: at(25), finalizers: ['example.com/backup'] },
    ['Deleting', at(25), 'trouble', 'kube-node has let go of it; finalizers of others hold it: example.com/backup'],
  ],
  [
    'no controller',
    { controller: absent },
    [
      'Pending',
      at(0),
      'trouble',
      'no controller runs: there is no Lease kube-node-system/kube-node',
      'start one: kube-node run --provider ...',
    ],
  ],
  [
    'that its machine runs under another name',
    { phase: 'Booting', record: machine, annotations: { [annotations.handedOver]: 'ip-10-0-0-1' } },
    ['Booting', at(20), 'progress', 'the cloud calls its machine ip-10-0-0-1', 'node/ip-10-0-0-1 goes on with it'],
  ],
  [
    'that it goes because its machine runs under another name',
    { phase: 'Booting', record: machine, deletedAt: at(25), annotations: { [annotations.handedOver]: 'ip-10-0-0-1' } },
    ['Booting', at(20), 'progress', 'the cloud calls its machine ip-10-0-0-1', 'node/ip-10-0-0-1 goes on with it'],
  ],
  [
    'no controller, after a failure',
    { controller: absent, phase: 'Provisioning', record: {}, conditions: [provisioned('False', 'Internal', 'broken', 28)] },
    [
      'Provisioning',
      at(1),
      'trouble',
      'no controller runs: there is no Lease kube-node-system/kube-node; before that: Internal: broken',
      expect.any(String),
    ],
  ],
  [
    'no controller, and nothing to do for it',
    { controller: absent, phase: 'Running', record: machine, joined: true, ready: 'True' },
    ['Running', at(5), 'ok', ''],
  ],
]

describe('a claim tells in which phase it is since when, why it waits, and what comes next:', () => {
  it.each(stories)('%s', (_name, story, [phase, since, state, why, next = '']) => {
    expect(describeClaim(factsOf(story))).toEqual({ phase, ...(since !== undefined && { since }), state, why, next })
  })

  it('why it waits does not change while nothing happens', () => {
    const whys = (later: number): readonly string[] =>
      stories.map(([, story]) => describeClaim({ ...factsOf(story), now: factsOf(story).now + later }).why)
    expect(whys(90_000)).toEqual(whys(0))
  })
})

it('a claim is left to the controller of its record, and before that to its class', () => {
  const theirs = nodeClass({ controller: 'example.com/other' })
  expect(responsibleFor(claimNode({ record: {} }), theirs)).toBe('kube-node.dev/controller')
  expect(responsibleFor(claimNode({}), theirs)).toBe('example.com/other')
  expect(responsibleFor(claimNode({}), 'missing')).toBe('kube-node.dev/controller')
  expect(claimNode({}).metadata?.finalizers).toEqual([finalizers.machine])
})
