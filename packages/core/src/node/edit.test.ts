import { describe, expect, test } from 'vitest'
import { type Condition, type Node, annotations, labels, taints } from '../api/index.ts'
import { encodeEdit, encodeStatusEdit } from './edit.ts'

const record = '{"attempt":1}'
const notUp = { key: taints.notUp, effect: 'NoExecute' } as const
const notReady = { key: taints.notReady, effect: 'NoSchedule' } as const
const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'a',
    labels: { [labels.excludeDisruption]: 'true', mine: 'yes' },
    annotations: { [annotations.machine]: record, [annotations.phase]: 'Booting' },
  },
  spec: { taints: [notUp, notReady, notUp] },
}
const recordPath = '/metadata/annotations/kube-node.dev~1machine'
const unwanted = { path: ['metadata', 'deletionTimestamp'], value: undefined }
const asRecorded = { path: ['metadata', 'annotations', annotations.machine], value: record }
const atHome = { path: ['metadata', 'annotations', annotations.handedOver], value: undefined }
const always = [unwanted, asRecorded, atHome]

describe('an edit of a Node', () => {
  test('depends on the record, on its machine being its own, and on nobody wanting its end, whatever it changes', () => {
    expect(encodeEdit(node, {})).toEqual({ json: [], fields: always })
    expect(encodeEdit(node, { annotations: { [annotations.machine]: '{}' } })).toEqual({
      json: [{ op: 'add', path: recordPath, value: '{}' }],
      fields: always,
    })
  })

  test('depends on what it changes, also on what is not there yet', () => {
    const { fields, json } = encodeEdit(node, {
      labels: { [labels.excludeDisruption]: null, [labels.excludeLoadBalancers]: null, [labels.zone]: 'a', mine: 'yes' },
      providerID: 'simulated:///a/1',
    })
    expect(json).toEqual([
      { op: 'remove', path: '/metadata/labels/node.kubernetes.io~1exclude-disruption' },
      { op: 'add', path: '/metadata/labels/topology.kubernetes.io~1zone', value: 'a' },
      { op: 'add', path: '/spec/providerID', value: 'simulated:///a/1' },
    ])
    expect(fields.slice(always.length)).toEqual([
      { path: ['metadata', 'labels', labels.excludeDisruption], value: 'true' },
      { path: ['metadata', 'labels', labels.zone], value: undefined },
      { path: ['spec', 'providerID'], value: undefined },
    ])
  })

  test('takes taints off by their places, the last first, and leaves those of others alone', () => {
    expect(encodeEdit(node, { untaint: [taints.notUp] })).toEqual({
      json: [
        { op: 'remove', path: '/spec/taints/2' },
        { op: 'remove', path: '/spec/taints/0' },
      ],
      fields: [...always, { path: ['spec', 'taints', '2'], value: notUp }, { path: ['spec', 'taints', '0'], value: notUp }],
    })
  })

  test('cordons as kube-controller-manager would: taints come last, whatever others put before them meanwhile, or make the list', () => {
    const taint = { key: taints.deleting, effect: 'NoSchedule' } as const
    const cordoned = { key: taints.unschedulable, effect: 'NoSchedule' } as const
    const unschedulable = { path: ['spec', 'unschedulable'], value: undefined }
    expect(encodeEdit(node, { taint, unschedulable: true })).toEqual({
      json: [
        { op: 'add', path: '/spec/taints/-', value: taint },
        { op: 'add', path: '/spec/taints/-', value: cordoned },
        { op: 'add', path: '/spec/unschedulable', value: true },
      ],
      fields: [...always, unschedulable],
    })
    expect(encodeEdit({ ...node, spec: {} }, { taint, unschedulable: true })).toEqual({
      json: [
        { op: 'add', path: '/spec/taints', value: [taint, cordoned] },
        { op: 'add', path: '/spec/unschedulable', value: true },
      ],
      fields: [...always, { path: ['spec', 'taints'], value: undefined }, unschedulable],
    })
    const done = { ...node, spec: { unschedulable: true, taints: [taint] } }
    expect(encodeEdit(done, { taint, unschedulable: true })).toEqual({ json: [], fields: always })
  })

  test('leaves the taint of what somebody else has cordoned to kube-controller-manager, which is about to put it there', () => {
    const taint = { key: taints.deleting, effect: 'NoSchedule' } as const
    expect(encodeEdit({ ...node, spec: { unschedulable: true, taints: [notUp] } }, { taint, unschedulable: true }).json).toEqual([
      { op: 'add', path: '/spec/taints/-', value: taint },
    ])
  })

  test('takes a finalizer off by its place, and leaves those of others alone', () => {
    const held = { ...node, metadata: { ...node.metadata, finalizers: ['other', 'mine'] } }
    expect(encodeEdit(held, { finalizer: 'mine' })).toEqual({
      json: [{ op: 'remove', path: '/metadata/finalizers/1' }],
      fields: [...always, { path: ['metadata', 'finalizers', '1'], value: 'mine' }],
    })
    expect(encodeEdit(node, { finalizer: 'mine' })).toEqual({ json: [], fields: always })
  })

  test('says a condition where there is none, beside those of others, or in the place of its own, and annotates in the same write', () => {
    const condition: Condition = { type: 'MachineProvisioned', status: 'True', reason: 'Provisioned', message: 'its machine is there' }
    const waiting: Condition = { type: 'MachineProvisioned', status: 'False', reason: 'RateLimited' }
    const ready: Condition = { type: 'Ready', status: 'True' }
    const said = (conditions?: readonly Condition[]) => {
      const { json, fields } = encodeStatusEdit(
        { ...node, ...(conditions && { status: { conditions } }) },
        { annotations: { note: 'x' }, condition },
      )
      expect(json[0]).toEqual({ op: 'add', path: '/metadata/annotations/note', value: 'x' })
      return { json: json.slice(1), fields: fields.slice(always.length + 1) }
    }
    expect(said()).toEqual({
      json: [{ op: 'add', path: '/status/conditions', value: [condition] }],
      fields: [{ path: ['status', 'conditions'], value: undefined }],
    })
    expect(said([ready])).toEqual({ json: [{ op: 'add', path: '/status/conditions/-', value: condition }], fields: [] })
    expect(said([ready, waiting])).toEqual({
      json: [{ op: 'replace', path: '/status/conditions/1', value: condition }],
      fields: [{ path: ['status', 'conditions', '1'], value: waiting }],
    })
  })

  test('makes a map that is not there, if nobody else has', () => {
    const bare: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } }
    expect(encodeEdit(bare, { labels: { mine: 'yes', other: null }, annotations: { note: 'x' } })).toEqual({
      json: [
        { op: 'add', path: '/metadata/labels', value: { mine: 'yes' } },
        { op: 'add', path: '/metadata/annotations', value: { note: 'x' } },
      ],
      fields: [unwanted, { path: ['metadata', 'annotations'], value: undefined }, { path: ['metadata', 'labels'], value: undefined }],
    })
  })
})
