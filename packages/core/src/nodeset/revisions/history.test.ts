import { describe, expect, it } from 'vitest'
import type { NodeSet } from '../../api/index.ts'
import type { RevisionContent } from '../../claim/index.ts'
import { type KeptRevision, draftRevision, planHistory, readHistory } from './history.ts'

const set: NodeSet = { metadata: { name: 'workers', uid: 's' }, spec: { nodeClassName: 'small' } }
const content = (revision: string): RevisionContent => ({ classes: [{ name: 'small', revision, provider: 'p' }], template: {} })
const kept = (name: string, number: number): KeptRevision => ({
  object: draftRevision(set, name, content(name), { number, namespace: 'n' }),
  name,
  number,
  content: content(name),
})
const history = [kept('a', 1), kept('b', 2), kept('c', 3)]
const plan = (revision: string, limit = 10, inUse: readonly string[] = []) => {
  const { next, forget } = planHistory(history, revision, limit, new Set(inUse))
  return { next: next && [next.number, next.replaces?.name], forget: forget.map(({ name }) => name) }
}

describe('the history of a set', () => {
  it('gets a new number for a new revision, and nothing for the newest', () => {
    expect(plan('d')).toEqual({ next: [4, undefined], forget: [] })
    expect(plan('c')).toEqual({ next: undefined, forget: [] })
    expect(planHistory([], 'a', 10, new Set()).next).toEqual({ number: 1, replaces: undefined })
  })

  it('counts a revision that is gone back to as the newest', () => {
    expect(plan('a')).toEqual({ next: [4, 'a'], forget: [] })
  })

  it('forgets the oldest beyond the limit, and none that nodes still have', () => {
    expect(plan('d', 2)).toEqual({ next: [4, undefined], forget: ['a'] })
    expect(plan('d', 2, ['a'])).toEqual({ next: [4, undefined], forget: ['b'] })
    expect(plan('d', 0, ['c'])).toEqual({ next: [4, undefined], forget: ['a', 'b'] })
  })

  it('is read back from what was written, and nothing else is taken for it', () => {
    const own = draftRevision(set, 'a', content('a'), { number: 1, namespace: 'n' })
    const foreign = { ...own, metadata: { ...own.metadata, ownerReferences: [] } }
    const broken = { ...own, data: { classes: 'none' } }
    expect(readHistory(set, [foreign, broken, own])).toEqual([{ object: own, name: 'a', number: 1, content: content('a') }])
  })
})
