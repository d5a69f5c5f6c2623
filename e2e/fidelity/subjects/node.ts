import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const node: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      {},
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      { spec: { providerID: 'test://1' } },
      { spec: { unschedulable: true } },
      { spec: { taints: [{ key: 'z', effect: 'NoSchedule' }] } },
      { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } },
      { status: { capacity: { cpu: '2', memory: '4Gi' }, conditions: [{ type: 'Ready', status: 'True' }] } },
      { spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] } },
    ),
    oneOf<Fields>(
      { spec: { taints: [{ key: 'a', effect: 'Never' }] } },
      {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule' },
          ],
        },
      },
      { spec: { taints: [{ key: 'a b', effect: 'NoSchedule' }] } },
      { spec: { taints: [{ key: 'a', value: 'b c', effect: 'NoExecute' }] } },
      { spec: { taints: [{ key: 'a' }] } },
      { spec: { taints: [{ effect: 'NoSchedule' }] } },
      { spec: { podCIDR: 'nowhere', podCIDRs: ['nowhere'] } },
      { spec: { podCIDRs: ['10.1.0.0/24', '10.2.0.0/24'] } },
      { spec: { externalID: 'x' } },
      { spec: { unschedulable: 'yes' } },
      { status: { capacity: { cpu: 'two' } } },
      {
        status: {
          addresses: [
            { type: 'InternalIP', address: '10.0.0.1' },
            { type: 'InternalIP', address: '10.0.0.1' },
          ],
        },
      },
    ),
  ),
  edits: [
    { spec: { taints: [{ key: 'b', effect: 'NoExecute', timeAdded: '2020-01-01T00:00:00Z' }] } },
    { spec: { taints: null } },
    { spec: { unschedulable: true } },
    { spec: { unschedulable: null } },
    { spec: { providerID: 'test://2' } },
    { spec: { providerID: null } },
    { spec: { podCIDR: '10.3.0.0/24', podCIDRs: ['10.3.0.0/24'] } },
    { spec: { taints: [{ key: 'b', effect: 'Odd' }] } },
    { status: { capacity: { cpu: '8' } } },
    { spec: null },
  ],
  status: [
    { capacity: { cpu: '4' }, allocatable: { cpu: '3' } },
    { conditions: [{ type: 'Ready', status: 'False', reason: 'Gone', message: 'm', lastTransitionTime: '2020-01-01T00:00:00Z' }] },
    { addresses: [{ type: 'Hostname', address: 'h' }], nodeInfo: { kubeletVersion: 'v1.37.2' } },
    { capacity: { cpu: 'x' } },
    { conditions: [{ type: 'Ready' }] },
    { phase: 'Running', unknown: true },
  ],
  patches: [
    [{ op: 'add', path: '/spec/taints/-', value: { key: 'z', effect: 'NoSchedule' } }],
    [{ op: 'remove', path: '/spec/taints/0' }],
    [{ op: 'add', path: '/status/capacity', value: { cpu: '1' } }],
  ],
})
