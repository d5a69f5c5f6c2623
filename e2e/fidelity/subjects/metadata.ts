import fc from 'fast-check'
import { mostly, oneOf } from '../generate/chance.ts'
import { asking, judged } from '../policies.ts'
import type { Fields, Value } from '../script.ts'

const labels: fc.Arbitrary<Fields> = oneOf<Fields>(
  {},
  { app: 'a' },
  { app: 'b' },
  { app: 'a', tier: 'front' },
  { tier: 'back' },
  judged,
  asking,
)
const oddLabels: fc.Arbitrary<Fields> = oneOf<Fields>(
  { app: 'a b' },
  { 'bad key!': 'x' },
  { app: '-a' },
  { 'a/b/c': 'x' },
  { app: 'x'.repeat(64) },
  { '': 'x' },
)

const owners: fc.Arbitrary<Value> = oneOf<Value>(
  [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '11111111-1111-4111-8111-111111111111' }],
  [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'a',
      uid: '11111111-1111-4111-8111-111111111111',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
  [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '' }],
  [{ apiVersion: 'v1', kind: 'Event', name: 'a', uid: '11111111-1111-4111-8111-111111111111' }],
  [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '11111111-1111-4111-8111-111111111111', controller: true },
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: '22222222-2222-4222-8222-222222222222', controller: true },
  ],
  [{ apiVersion: '', kind: '', name: '', uid: '' }],
)

const finalizers: fc.Arbitrary<Value> = oneOf<Value>(
  ['example.test/hold'],
  ['example.test/hold', 'example.test/other'],
  ['hold'],
  ['foregroundDeletion'],
  ['orphan'],
  [],
  null,
)

/** `metadata` of new objects. */
export const metadata: fc.Arbitrary<Fields> = fc
  .record(
    {
      labels: mostly(labels, oddLabels),
      annotations: mostly(
        oneOf<Fields>({ note: 'one' }, { note: 'two', 'example.test/long': 'y'.repeat(40) }),
        oneOf<Fields>({ 'bad key!': 'x' }, { UPPER: 'x' }),
      ),
    },
    { requiredKeys: [] },
  )
  .chain(base =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant<Fields>(base) },
      { weight: 2, arbitrary: finalizers.map(f => ({ ...base, finalizers: f })) },
      { weight: 1, arbitrary: owners.map(o => ({ ...base, ownerReferences: o })) },
      {
        weight: 1,
        arbitrary: oneOf<Fields>(
          { ...base, resourceVersion: '1' },
          { ...base, generation: 7 },
          { ...base, uid: '33333333-3333-4333-8333-333333333333' },
          { ...base, creationTimestamp: '2020-01-01T00:00:00Z' },
          { ...base, deletionTimestamp: '2020-01-01T00:00:00Z' },
          { ...base, deletionGracePeriodSeconds: 3 },
          { ...base, namespace: 'elsewhere' },
          { ...base, selfLink: '/somewhere' },
          { ...base, unknown: true },
          { ...base, labels: { app: 1 } },
          { ...base, labels: null, annotations: null },
          { ...base, creationTimestamp: 'yesterday' },
          { ...base, finalizers: 'hold' },
        ),
      },
    ),
  )

/** Changes of `metadata`, as a merge patch. */
export const metadataEdit: fc.Arbitrary<Fields> = fc
  .oneof(
    { weight: 6, arbitrary: labels.map(value => ({ labels: value })) },
    {
      weight: 2,
      arbitrary: oneOf<Fields>({ labels: { app: null } }, { labels: null }, { annotations: { note: 'three' } }, { annotations: null }),
    },
    { weight: 3, arbitrary: finalizers.map(value => ({ finalizers: value })) },
    { weight: 1, arbitrary: owners.map(value => ({ ownerReferences: value })) },
    { weight: 1, arbitrary: oddLabels.map(value => ({ labels: value })) },
    {
      weight: 2,
      arbitrary: oneOf<Fields>(
        { uid: '33333333-3333-4333-8333-333333333333' },
        { name: 'other' },
        { namespace: 'other' },
        { generation: 9 },
        { creationTimestamp: '2020-01-01T00:00:00Z' },
        { creationTimestamp: null },
        { deletionTimestamp: '2020-01-01T00:00:00Z' },
        { deletionGracePeriodSeconds: 5 },
        { uid: null },
        { resourceVersion: null },
        { resourceVersion: 'abc' },
        { resourceVersion: '0' },
        { generateName: 'x-' },
        { managedFields: [] },
        { managedFields: [{}] },
        { managedFields: null },
        { managedFields: [{ manager: 'odd', operation: 'Update' }] },
        {
          managedFields: [
            {
              manager: 'own',
              operation: 'Apply',
              apiVersion: 'v1',
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:metadata': { 'f:labels': { 'f:app': {} } } },
            },
          ],
        },
      ),
    },
  )
  .map(value => ({ metadata: value }))

export const commonJsonPatch: fc.Arbitrary<Value> = oneOf<Value>(
  [{ op: 'add', path: '/metadata/labels', value: { app: 'a' } }],
  [
    { op: 'test', path: '/metadata/labels/app', value: 'a' },
    { op: 'replace', path: '/metadata/labels/app', value: 'b' },
  ],
  [{ op: 'remove', path: '/metadata/labels' }],
  [{ op: 'replace', path: '/metadata/labels/none', value: 'x' }],
  [{ op: 'remove', path: '/metadata/nothing' }],
  [{ op: 'add', path: '/metadata/annotations/note', value: 'x' }],
  [{ op: 'move', from: '/metadata/labels/app', path: '/metadata/labels/tier' }],
  [{ op: 'add', path: '/metadata/finalizers', value: ['example.test/hold'] }],
  [{ op: 'add', path: '/metadata/finalizers/-', value: 'example.test/hold' }],
  [{ op: 'remove', path: '/metadata/finalizers' }],
  [{ op: 'remove', path: '/metadata/finalizers/0' }],
  [{ op: 'explode', path: '/metadata' }],
  [{ op: 'replace', path: '/metadata/name', value: 'other' }],
  [{ op: 'test', path: '/metadata/name', value: 'nobody' }],
  [],
)
