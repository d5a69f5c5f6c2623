import { describe, expect, it } from 'vitest'
import { type Node, type NodeClass, annotations, labels } from '../api/index.ts'
import { birthOf } from './birth.ts'
import { claimOf, onePerClaim, passedOn, tookOver } from './handover.ts'
import { dressOf } from './template.ts'

const node = (name: string, claim?: string): Node => ({
  metadata: { name, uid: `uid-${name}`, ...(claim !== undefined && { labels: { [labels.claim]: claim } }) },
})
const names = (nodes: readonly Node[]): readonly string[] => nodes.map(({ metadata }) => metadata?.name ?? '')

describe('which claim a Node stands for', () => {
  it('is itself, or the one that it took over', () => {
    expect([claimOf(node('a')), tookOver(node('a'))]).toEqual(['uid-a', false])
    expect([claimOf(node('ip-1', 'uid-a')), tookOver(node('ip-1', 'uid-a'))]).toEqual(['uid-a', true])
    expect(tookOver(node('a', 'uid-a'))).toBe(false)
  })

  it('is counted once while both Nodes are there, by the one that took it over', () => {
    const all = [node('a'), node('b'), node('ip-1', 'uid-a'), node('ip-2', 'uid-c')]
    expect(names(onePerClaim(all))).toEqual(['b', 'ip-1', 'ip-2'])
    const none = [node('a'), node('b')]
    expect(onePerClaim(none)).toBe(none)
  })

  it('goes with a deletion that came before the mark, and not with one that came after it', () => {
    const deleted = (each: Node, handedOver?: string): Node => ({
      metadata: {
        ...each.metadata,
        deletionTimestamp: '2030-01-01T00:00:00Z',
        ...(handedOver !== undefined && { annotations: { [annotations.handedOver]: handedOver } }),
      },
    })
    const heir = node('ip-1', 'uid-a')
    expect([...passedOn([node('a'), heir])]).toEqual([])
    expect([...passedOn([deleted(node('a')), heir])]).toEqual(['uid-a'])
    expect([...passedOn([deleted(node('a'), 'ip-1'), heir])]).toEqual([])
    expect([...passedOn([node('a'), deleted(heir)])]).toEqual([])
  })

  it('is nothing that a template has a say in: all nodes of a class would be one claim', () => {
    const greedy: NodeClass = {
      metadata: { name: 'small' },
      spec: {
        provider: 'p',
        template: { labels: { [labels.claim]: 'uid-a', tier: 'web' }, annotations: { [annotations.handedOver]: 'x', note: 'y' } },
      },
    }
    const record = { attempt: 1, controller: 'k', provider: 'p', connection: { config: {} } }
    const { labels: own, annotations: notes } = birthOf(greedy, record, {}, { labels: { [labels.claim]: 'uid-b' } })
    expect(own).toMatchObject({ tier: 'web' })
    expect(own).not.toHaveProperty([labels.claim])
    expect(notes).toMatchObject({ note: 'y' })
    expect(notes).not.toHaveProperty([annotations.handedOver])
    expect(dressOf(greedy)).toMatchObject({ labels: { tier: 'web' }, annotations: { note: 'y' } })
  })
})
