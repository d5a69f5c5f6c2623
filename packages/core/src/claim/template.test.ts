import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Node, type NodeClass, type Taint, annotations, labels } from '../api/index.ts'
import { type Dress, dressOf, formatDress, redress } from './template.ts'

const classWith = (template: NonNullable<NodeClass['spec']['template']>): NodeClass => ({ spec: { provider: 'p', template } })
const dress = (more: Partial<Dress> = {}): Dress => ({ labels: {}, annotations: {}, taints: [], ...more })
const gpu: Taint = { key: 'gpu', effect: 'NoSchedule' }
const node = (
  worn: Dress | undefined,
  more: { labels?: Record<string, string>; annotations?: Record<string, string>; taints?: readonly Taint[] } = {},
): Node => ({
  metadata: { labels: more.labels ?? {}, annotations: { ...more.annotations, ...(worn && { [annotations.applied]: formatDress(worn) }) } },
  spec: { taints: more.taints ?? [] },
})
/** The Node with that on it. */
const worn = (before: Node, wanted: Dress): Node => {
  const change = redress(before, wanted)
  const apply = (map: Readonly<Record<string, string>> = {}, by: Readonly<Record<string, string | null>> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries({ ...map, ...by }).filter((entry): entry is [string, string] => entry[1] !== null))
  return {
    metadata: {
      labels: apply(before.metadata?.labels, change?.labels),
      annotations: apply(before.metadata?.annotations, change?.annotations),
    },
    spec: { taints: change?.taints ?? before.spec?.taints ?? [] },
  }
}

describe('what class and set want on a Node', () => {
  it('is the class’s, with the set’s over it', () => {
    const nodeClass = classWith({ labels: { a: 'class', b: 'class' }, taints: [{ ...gpu, value: 'class' }] })
    expect(dressOf(nodeClass, { labels: { b: 'set' }, taints: [{ ...gpu, value: 'set' }], annotations: { n: 'set' } })).toEqual({
      labels: { a: 'class', b: 'set' },
      annotations: { n: 'set' },
      taints: [{ ...gpu, value: 'set' }],
    })
  })

  it('never touches what says which claim it is', () => {
    const nodeClass = classWith({
      labels: { [labels.class]: 'other', [labels.revision]: 'x' },
      annotations: { [annotations.machine]: '{}' },
      taints: [{ key: 'kube-node.dev/not-up', effect: 'NoExecute' }],
      startupTaints: [gpu],
    })
    expect(dressOf(nodeClass)).toEqual(dress())
  })
})

describe('a Node', () => {
  const old = dress({ labels: { tier: 'web', old: 'x' }, annotations: { note: '1' }, taints: [gpu] })

  it('that wears all of it is left alone', () => {
    expect(
      redress(node(old, { labels: { tier: 'web', old: 'x', foreign: 'y' }, annotations: { note: '1' }, taints: [gpu] }), old),
    ).toBeUndefined()
    expect(redress(node(undefined), dress())).toBeUndefined()
  })

  it('gets what is new, loses what is out of the template, and keeps what others put on it', () => {
    const foreign: Taint = { key: 'foreign', effect: 'NoExecute' }
    const before = node(old, {
      labels: { tier: 'web', old: 'x', foreign: 'y' },
      annotations: { note: '1', theirs: 'z' },
      taints: [foreign, gpu],
    })
    expect(worn(before, dress({ labels: { tier: 'db' } }))).toEqual({
      metadata: {
        labels: { tier: 'db', foreign: 'y' },
        annotations: { theirs: 'z', [annotations.applied]: formatDress(dress({ labels: { tier: 'db' } })) },
      },
      spec: { taints: [foreign] },
    })
  })

  it('keeps a key that somebody has changed since, though it is out of the template', () => {
    const before = node(old, { labels: { tier: 'web', old: 'theirs' }, taints: [{ ...gpu, value: 'theirs' }] })
    const after = worn(before, dress({ labels: { tier: 'web' } }))
    expect(after.metadata?.labels).toEqual({ tier: 'web', old: 'theirs' })
    expect(after.spec?.taints).toEqual([{ ...gpu, value: 'theirs' }])
  })

  it('gets back what somebody took off while it is in the template', () => {
    expect(redress(node(old, { labels: { old: 'x' }, annotations: { note: '1' }, taints: [gpu] }), old)?.labels).toEqual({ tier: 'web' })
  })

  it('with a memory that makes no sense loses nothing', () => {
    for (const text of ['{', '[]', '{"labels":7,"taints":[3]}']) {
      const before = { ...node(undefined, { labels: { a: 'b' } }) }
      const broken: Node = { ...before, metadata: { ...before.metadata, annotations: { [annotations.applied]: text } } }
      expect(worn(broken, dress()).metadata?.labels).toEqual({ a: 'b' })
    }
  })

  it('is never changed twice in a row, and never in a key that is neither wanted nor worn', () => {
    const map = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'))
    const marks = fc.uniqueArray(
      fc.record({ key: fc.constantFrom('a', 'b', 'c'), effect: fc.constant('NoSchedule' as const), value: fc.constantFrom('1', '2') }),
      {
        selector: ({ key }) => key,
      },
    )
    const some = fc.record({ labels: map, annotations: map, taints: marks })
    fc.assert(
      fc.property(some, some, some, (present, before, wanted) => {
        const first = node(before, present)
        const after = worn(first, wanted)
        expect(redress(after, wanted)).toBeUndefined()
        for (const key of ['a', 'b', 'c']) {
          if (key in wanted.labels) expect(after.metadata?.labels?.[key]).toBe(wanted.labels[key])
          else if (!(key in before.labels)) expect(after.metadata?.labels?.[key]).toBe(present.labels[key])
          const taint = present.taints.find(each => each.key === key)
          const mine = [...wanted.taints, ...before.taints].some(each => each.key === key)
          if (!mine) expect(after.spec?.taints?.find(each => each.key === key)).toEqual(taint)
        }
      }),
    )
  })
})
