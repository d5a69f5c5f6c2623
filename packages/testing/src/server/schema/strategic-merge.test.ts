import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonObject, StrategicMergeError, builtinDefinitions, decode, setDefaults, strategicMerge } from './index.ts'
import { isObject } from './json.ts'
import recorded from './strategic-merge.recorded.json' with { type: 'json' }

const deployment = builtinDefinitions().find(d => d.kind === 'Deployment')!

const written = ({ metadata, spec }: JsonObject): JsonObject => ({ metadata, spec })

// What kube-apiserver 1.37.2 made of the same patches: scripts/record-patches.ts.
interface Recorded {
  readonly patch: JsonObject
  readonly result?: JsonObject
  readonly message?: string
  readonly status?: number
}

const { original, cases } = recorded as unknown as { readonly original: JsonObject; readonly cases: readonly Recorded[] }

describe('a Deployment under a strategic merge patch becomes what a kube-apiserver makes of it', () => {
  it.each(cases.map(given => ({ ...given, title: JSON.stringify(given.patch).slice(0, 120) })))(
    '$title',
    ({ patch, result, message, status }) => {
      if (result === undefined) {
        expect(() => strategicMerge(deployment.schema, original, patch)).toThrow(expect.objectContaining({ message, status }))
        return
      }
      const merged = setDefaults(deployment, decode(deployment, strategicMerge(deployment.schema, original, patch)).object)
      expect(written(merged)).toEqual(result)
    },
  )
})

const json = fc.letrec<{ value: unknown; object: JsonObject }>(tie => ({
  value: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), fc.boolean(), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 3 }).filter(key => !key.startsWith('$')),
    tie('value'),
    { maxKeys: 4 },
  ),
})).object

it('an empty patch changes nothing, with or without a schema', () => {
  fc.assert(
    fc.property(json, object => {
      expect(strategicMerge(undefined, object, {})).toEqual(object)
      expect(strategicMerge(deployment.schema, object, {})).toEqual(object)
    }),
  )
})

it('a patch applied twice is a patch applied once', () => {
  fc.assert(
    fc.property(json, json, (object, patch) => {
      const once = strategicMerge(undefined, object, patch)
      expect(strategicMerge(undefined, once, patch)).toEqual(once)
    }),
  )
})

it('changes neither of its arguments', () => {
  const frozen = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null) for (const child of Object.values(Object.freeze(value))) frozen(child)
    return value
  }
  for (const { patch } of cases.filter(given => given.result !== undefined)) {
    expect(() => strategicMerge(deployment.schema, frozen(original) as JsonObject, frozen(patch) as JsonObject)).not.toThrow()
  }
})

it("a Node's conditions merge by their type, and its taints are one value", () => {
  const node = builtinDefinitions().find(d => d.kind === 'Node')!
  const before = {
    spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
    status: {
      conditions: [
        { type: 'Ready', status: 'True', reason: 'x' },
        { type: 'DiskPressure', status: 'False' },
      ],
    },
  }
  const after = strategicMerge(node.schema, before, {
    spec: { taints: [{ key: 'b', effect: 'NoExecute' }] },
    status: {
      conditions: [
        { type: 'Ready', status: 'False' },
        { type: 'Drained', status: 'True' },
      ],
    },
  })
  expect(after).toEqual({
    spec: { taints: [{ key: 'b', effect: 'NoExecute' }] },
    status: {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'x' },
        { type: 'Drained', status: 'True' },
        { type: 'DiskPressure', status: 'False' },
      ],
    },
  })
})

it('keeps a field named __proto__ as a field', () => {
  const patch: unknown = JSON.parse('{"__proto__": {"polluted": true}}')
  const merged = isObject(patch) ? strategicMerge(undefined, {}, patch) : {}
  expect(Object.hasOwn(merged, '__proto__')).toBe(true)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

it('says which status its refusal deserves', () => {
  expect(() => strategicMerge(deployment.schema, {}, { spec: { $retainKeys: 'x' } })).not.toThrow()
  expect(() => strategicMerge(deployment.schema, { spec: {} }, { spec: { $retainKeys: 'x' } })).toThrow(StrategicMergeError)
})
