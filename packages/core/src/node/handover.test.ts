import { expect, it } from 'vitest'
import { type Node, annotations, finalizers, labels, taints } from '../api/index.ts'
import { recordOf } from '../claim/index.ts'
import { claim, machine, noted, uid } from './facts.fixture.ts'
import { handoverPatch } from './handover.ts'

const owner = { apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeSet', name: 'workers', uid: 'uid-s', controller: true }
const waiting: Node = (() => {
  const node = claim({ record: noted({ token: 'abc123', config: { region: 'r1' } }), phase: 'Booting' })
  return {
    ...node,
    metadata: {
      ...node.metadata,
      ownerReferences: [owner],
      labels: {
        ...node.metadata?.labels,
        [labels.nodeset]: 'workers',
        [labels.excludeDisruption]: 'true',
        [labels.excludeLoadBalancers]: 'true',
        'node-role.kubernetes.io/web': '',
        'kubernetes.io/os': 'plan9',
        team: 'blue',
        both: 'claim',
      },
      annotations: {
        ...node.metadata?.annotations,
        [annotations.deletionCost]: '7',
        [annotations.applied]: '{}',
        'kubectl.kubernetes.io/last-applied-configuration': '{"metadata":{"name":"a"}}',
        note: 'x',
      },
    },
    spec: {
      unschedulable: true,
      taints: [
        { key: taints.notUp, effect: 'NoExecute' },
        { key: taints.notReady, effect: 'NoExecute' },
        { key: 'cni', effect: 'NoSchedule' },
        { key: 'node-role.kubernetes.io/web', effect: 'NoSchedule' },
      ],
    },
  }
})()
const registered: Node = {
  metadata: {
    name: 'ip-1',
    uid: 'uid-n',
    labels: { 'kubernetes.io/os': 'linux', both: 'kubelet' },
    annotations: { theirs: 'y' },
    finalizers: ['theirs/finalizer'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'uid-x' }],
  },
  spec: { taints: [{ key: taints.notReady, effect: 'NoSchedule' }] },
}

it('what stands on a claim goes over to its Node in one write, but for what belongs to its wait', () => {
  const { metadata, spec } = handoverPatch(waiting, registered, {
    record: noted({ token: 'abc123', config: { region: 'r1' } }),
    machine: machine(),
    startupTaints: [{ key: 'cni', effect: 'NoSchedule' }],
    cloudControllerManager: false,
  })
  expect(metadata?.['labels']).toEqual({
    [labels.class]: 'small',
    [labels.nodeset]: 'workers',
    [labels.revision]: waiting.metadata?.labels?.[labels.revision],
    [labels.claim]: uid,
    'node-role.kubernetes.io/web': '',
    team: 'blue',
    // A set balances its zones by them as soon as the node counts.
    [labels.zone]: 'z1',
  })
  const notes = metadata?.['annotations']
  expect(notes).toEqual({
    [annotations.claimedAs]: 'a',
    [annotations.phase]: 'Booting',
    [annotations.machine]: expect.any(String),
    [annotations.deletionCost]: '7',
    [annotations.applied]: '{}',
    note: 'x',
  })
  // Neither what a create sent nor a token that nobody may join by any more.
  expect(recordOf({ metadata: { annotations: { ...(notes as Record<string, string>) } } })).toEqual(noted())
  expect(metadata?.['finalizers']).toEqual(['theirs/finalizer', finalizers.machine])
  expect(metadata?.['ownerReferences']).toEqual([...(registered.metadata?.ownerReferences ?? []), owner])
  expect(spec).toEqual({
    providerID: 'test://m-1',
    taints: [
      { key: taints.notReady, effect: 'NoSchedule' },
      { key: 'node-role.kubernetes.io/web', effect: 'NoSchedule' },
    ],
    unschedulable: true,
  })
})
