import { describe, expect, it } from 'vitest'
import type { NodeClassSpec } from '../api/index.ts'
import { revisionOf } from './revision.ts'

const spec: NodeClassSpec = { provider: 'p', bootstrap: { type: 'kubelet' } }

describe('a revision', () => {
  it('is the same for the same content, whatever the order of keys', () => {
    expect(revisionOf(spec, { a: 1, b: { c: 2, d: 3 } })).toBe(revisionOf(spec, { b: { d: 3, c: 2 }, a: 1 }))
  })

  it('changes with provider, config and bootstrap', () => {
    const revisions = [
      revisionOf(spec, { a: 1 }),
      revisionOf(spec, { a: 2 }),
      revisionOf({ ...spec, provider: 'q' }, { a: 1 }),
      revisionOf({ ...spec, bootstrap: { type: 'kubeadm' } }, { a: 1 }),
    ]
    expect(new Set(revisions).size).toBe(4)
  })

  it('does not change with what changes in place', () => {
    const dressed: NodeClassSpec = {
      ...spec,
      template: { labels: { a: 'b' }, taints: [{ key: 't', effect: 'NoSchedule' }] },
      limits: { nodes: 3 },
    }
    expect(revisionOf(dressed, { a: 1 })).toBe(revisionOf(spec, { a: 1 }))
  })

  it('is what it was when it was invented: another value would roll every fleet', () => {
    expect(revisionOf(spec, { a: 1 })).toBe('a7bab07c71')
  })
})
