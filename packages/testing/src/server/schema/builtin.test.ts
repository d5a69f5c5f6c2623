import { describe, expect, it } from 'vitest'
import recorded from './builtin.recorded.json' with { type: 'json' }
import {
  type JsonObject,
  type ResourceDefinition,
  builtinDefinitions,
  decode,
  definitionsOf,
  setDefaults,
  validateObject,
} from './index.ts'
import { isObject } from './json.ts'

// What kube-apiserver 1.37.2 made of the same objects: scripts/record-objects.ts.
interface Recorded {
  readonly kind: string
  readonly object: JsonObject
  readonly failure?: string
  readonly causes?: readonly string[]
  readonly result?: JsonObject
}

const cases = (recorded as unknown as readonly Recorded[]).map(given => ({
  ...given,
  title: `${given.kind} ${JSON.stringify(given.object).slice(0, 100)}`,
}))

const definitionOf = (kind: string): ResourceDefinition => builtinDefinitions().find(d => d.kind === kind)!

const decoded = ({ kind, object }: Recorded): ReturnType<typeof decode> => {
  const { group, version } = definitionOf(kind)
  return decode(definitionOf(kind), {
    kind,
    apiVersion: group === '' ? version : `${group}/${version}`,
    metadata: { name: 'a' },
    ...object,
  })
}

const judged = (given: Recorded): readonly string[] => {
  const definition = definitionOf(given.kind)
  const full = setDefaults(definition, decoded(given).object)
  const metadata = isObject(full['metadata']) ? full['metadata'] : {}
  const object = definition.namespaced ? { ...full, metadata: { ...metadata, namespace: 'default' } } : full
  const causes = [...validateObject(definition, object), ...(given.kind === 'CustomResourceDefinition' ? definitionsOf(object).causes : [])]
  return causes.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort()
}

describe("what is no object of its kind is refused in Go's words", () => {
  it.each(cases.filter(c => c.failure !== undefined))('$title', given => {
    const { kind } = given
    expect(`${kind} in version "${definitionOf(kind).version}" cannot be handled as a ${kind}: ${decoded(given).failure}`).toBe(
      given.failure,
    )
  })
})

// The rest of what these kinds refuse lies among the server's rules for them.
const judgedElsewhereToo = new Set([
  'Event',
  'Lease',
  'Namespace',
  'Node',
  'Pod',
  'PodDisruptionBudget',
  'Secret',
  'ValidatingAdmissionPolicy',
])

describe('what is wrong in it is said as a kube-apiserver says it', () => {
  it.each(cases.filter(c => c.causes !== undefined && !judgedElsewhereToo.has(c.kind)))('$title', given => {
    expect(judged(given)).toEqual(given.causes)
  })

  it.each(cases.filter(c => c.causes !== undefined && judgedElsewhereToo.has(c.kind)))('nothing else: $title', given => {
    expect(given.causes).toEqual(expect.arrayContaining([...judged(given)]))
  })
})

/** Set by admission, allocation and creation, not by the type: paths of what our objects lack or have more. */
const setElsewhere: Readonly<Record<string, RegExp>> = {
  CustomResourceDefinition: /^status\.storedVersions/,
  DaemonSet: /^metadata\.annotations/,
  Job: /^(metadata\.labels|spec\.selector|spec\.template\.metadata)/,
  Namespace: /^(metadata\.labels|spec\.finalizers|status\.phase)/,
  Node: /^spec\.taints/,
  PersistentVolume: /^(metadata\.finalizers|status\.lastPhaseTransitionTime)/,
  PersistentVolumeClaim: /^(metadata\.finalizers|spec\.storageClassName)/,
  Pod: /^(status\.(phase|qosClass)|spec\.(tolerations|priority|preemptionPolicy|serviceAccount))/,
  ReplicationController: /^metadata\.labels/,
  Secret: /^(stringData|data\.a)/,
  Service: /^spec\.(clusterIPs?|ipFamilies|ipFamilyPolicy|ports\.\d+\.nodePort)/,
}

const differences = (a: unknown, b: unknown, path: string): readonly string[] => {
  if ((isObject(a) && isObject(b)) || (Array.isArray(a) && Array.isArray(b))) {
    const [x, y] = [a as JsonObject, b as JsonObject]
    return [...new Set([...Object.keys(x), ...Object.keys(y)])].flatMap(key =>
      differences(x[key], y[key], path === '' ? key : `${path}.${key}`),
    )
  }
  return Object.is(a, b) ? [] : [`${path}: ${JSON.stringify(a)} is ${JSON.stringify(b)}`]
}

describe('defaults are those of a kube-apiserver', () => {
  it.each(cases.filter(c => c.result !== undefined))('$title', given => {
    const elsewhere = setElsewhere[given.kind]
    const found = differences(given.result, setDefaults(definitionOf(given.kind), decoded(given).object), '')
    expect(
      found.filter(difference => elsewhere?.test(difference) !== true && !/^metadata\.(creationTimestamp|generation)/.test(difference)),
    ).toEqual([])
    expect(judged(given)).toEqual([])
  })

  it('are there when they have been set once', () => {
    for (const given of cases.filter(c => c.result !== undefined)) {
      const definition = definitionOf(given.kind)
      const once = setDefaults(definition, decoded(given).object)
      expect(setDefaults(definition, once)).toEqual(once)
    }
  })
})

it('unknown fields are named where they stand, in the order of the document', () => {
  const node = decode(definitionOf('Node'), {
    metadata: { name: 'a', foo: 1 },
    spec: { bar: 1, taints: [{ key: 'a', effect: 'NoSchedule', x: 1 }] },
    qq: 1,
    status: { capacity: { 'example.test/any': '1' } },
  })
  // Seen: "metadata.foo", "spec.bar", "spec.taints[0].x", "qq".
  expect(node.unknown).toEqual(['metadata.foo', 'spec.bar', 'spec.taints[0].x', 'qq'])
  expect(node.object).toEqual({
    metadata: { name: 'a' },
    spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
    status: { capacity: { 'example.test/any': '1' } },
  })
})

it('knows each kind once, with its type', () => {
  const definitions = builtinDefinitions()
  expect(new Set(definitions.map(d => `${d.group}/${d.version}/${d.plural}`)).size).toBe(definitions.length)
  expect(definitions.every(d => d.schema?.properties?.['metadata'] !== undefined)).toBe(true)
})
