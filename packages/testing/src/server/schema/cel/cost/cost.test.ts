import { expect, test } from 'vitest'
import type { SchemaNode } from '../../definition.ts'
import { typeCheck } from '../check.ts'
import { declaredOf, estimateCost } from './index.ts'
import recorded from './recorded.json' with { type: 'json' }

// Border: the file is of ours; the compiler would read each of its words as a type of its own.
const schema = recorded.schema as unknown as SchemaNode

const costOf = (rule: string, node: SchemaNode = schema): bigint | undefined => {
  const declared = declaredOf(node, true)
  if (declared === undefined) throw new Error('rules see nothing of it')
  return estimateCost(typeCheck({ ...node, 'x-kubernetes-embedded-resource': true }, false).treeOf(rule), declared)
}

// Taken from cel.Compile of k8s.io/apiextensions-apiserver 0.37.2, for the same schema at its root.
test.each(Object.entries({ ...recorded.costs, ...recorded.messages }))('%s costs what it costs at kube-apiserver', (rule, cost) => {
  expect(String(costOf(rule))).toBe(cost)
})

test('nobody knows what costs a call that is not in the list', () => {
  const text: SchemaNode = { type: 'object', properties: { a: { type: 'string', maxLength: 5 } } }
  expect(costOf('self.a.padStart(3) == "x"', text)).toBeUndefined()
})

test('the shortest value bounds how many fit into a request', () => {
  const text = { type: 'string' } as const
  const filled = { type: 'integer', default: 1 } as const
  const node: SchemaNode = {
    type: 'object',
    required: ['name', 'n', 'day'],
    properties: { name: text, n: filled, day: { type: 'string', format: 'date' } },
  }
  // {} and "name":"" with its comma and "day":"2026-01-01" with its; what has a default need not be there.
  expect(declaredOf(node, false)?.least).toBe(2 + (4 + 2 + 4) + (3 + 12 + 4))
  expect(declaredOf({ type: 'array', items: node }, false)?.most).toBe(BigInt(Math.floor((3 * 1_024 * 1_024 - 2) / 32)))
})
