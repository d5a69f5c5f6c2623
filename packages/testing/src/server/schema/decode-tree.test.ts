import { expect, it } from 'vitest'
import { builtinDefinitions } from './builtin.ts'
import { decode } from './decode.ts'

const kind = (name: string) => builtinDefinitions().find(each => each.kind === name)!

// What kube-apiserver 1.37 says of the same mistake, first in JSON, then in what a strategic merge made.
it.each([
  ['Node', { spec: { unschedulable: 'yes' } }, 'struct field NodeSpec.spec.unschedulable of type bool', 'unrecognized type: bool'],
  ['Node', { spec: { taints: 5 } }, 'struct field NodeSpec.spec.taints of type []v1.Taint', 'cannot restore slice from int64'],
  ['Node', { spec: 5 }, 'struct field Node.spec of type v1.NodeSpec', 'cannot restore struct from: int64'],
  ['Node', { metadata: { name: 5 } }, 'struct field ObjectMeta.metadata.name of type string', 'cannot convert int64 to string'],
  [
    'Node',
    { metadata: { labels: 'x' } },
    'struct field ObjectMeta.metadata.labels of type map[string]string',
    'cannot restore map from string',
  ],
  ['Pod', { status: { phase: 5 } }, 'struct field PodStatus.status.phase of type v1.PodPhase', 'cannot convert int64 to v1.PodPhase'],
  ['Pod', { status: { phase: {} } }, 'struct field PodStatus.status.phase of type v1.PodPhase', 'unrecognized type: string'],
  ['Pod', { spec: { priority: 1.5 } }, 'struct field PodSpec.spec.priority of type int32', 'cannot convert float64 to int32'],
])('%s %j', (name, body, json, tree) => {
  expect(decode(kind(name), body).failure).toContain(json)
  expect(decode(kind(name), body, 'tree').failure).toBe(tree)
})

it('reads types with a reader of their own as JSON also in a tree', () => {
  const body = { metadata: { creationTimestamp: 5 } }
  expect(decode(kind('Node'), body, 'tree').failure).toBe('json: cannot unmarshal number into Go value of type string')
  expect(decode(kind('Secret'), { data: { k: '!' } }, 'tree').failure).toBe('error decoding from json: illegal base64 data at input byte 0')
})
