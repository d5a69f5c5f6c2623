import { manualRuntime } from '../runtime/index.ts'
import { describe, expect, it } from 'vitest'
import type { Group, GroupMember } from '../provider/index.ts'
import { createGroupMirror } from './groupMirror.ts'

const windowMs = 10_000
const member = (id: string): GroupMember => ({ id, providerID: `p://${id}`, state: 'running', createdAt: '2026-01-01T00:00:00Z' })
const group = (size: number, ...ids: readonly string[]): Group => ({ id: 'g', size, members: ids.map(member) })

const mirror = () => {
  const runtime = manualRuntime()
  const groups = createGroupMirror(runtime.clock, windowMs)
  return { groups, runtime, now: () => runtime.clock.monotonic() }
}

describe('the mirror of groups', () => {
  it('shows what our own order did until a list can show it', async () => {
    const { groups, runtime, now } = mirror()
    groups.take(now(), [group(2, 'a', 'b')], false)
    groups.ordered('g', { size: 1, leaving: ['a'] })
    await runtime.advance(5_000)
    groups.take(now(), [group(2, 'a', 'b')], false)
    expect(groups.get('g')).toMatchObject({
      size: 1,
      members: [
        { id: 'a', state: 'stopping' },
        { id: 'b', state: 'running' },
      ],
    })
    await runtime.advance(windowMs)
    groups.take(now(), [group(2, 'a', 'b')], false)
    expect(groups.get('g')).toEqual(group(2, 'a', 'b'))
  })

  it('is unsettled after an order without an answer, until a list shows what came of it', async () => {
    const { groups, runtime, now } = mirror()
    groups.take(now(), [group(2)], false)
    groups.unanswered('g', now() + 60_000)
    await runtime.advance(59_000)
    groups.take(now(), [group(2)], false)
    expect(groups.isSettled('g')).toBe(false)
    await runtime.advance(2_000)
    groups.take(now(), [group(3)], false)
    expect(groups.isSettled('g')).toBe(true)
  })

  it('keeps a group that a list could not ask for, and forgets one that it lacks', () => {
    const { groups, now } = mirror()
    const changed: string[] = []
    using _changes = groups.onChange(id => changed.push(id))
    groups.take(now(), [group(2)], false)
    groups.take(now() + 1, [], true)
    expect(groups.get('g')).toEqual(group(2))
    groups.take(now() + 2, [], false)
    expect(groups.get('g')).toBeUndefined()
    expect(changed).toEqual(['g', 'g'])
  })

  it('keeps a group that was made a moment ago, though a list lacks it', async () => {
    const { groups, runtime, now } = mirror()
    groups.put(group(2))
    groups.take(now() + 1, [], false)
    expect(groups.list()).toEqual([group(2)])
    await runtime.advance(windowMs + 1)
    groups.take(now(), [], false)
    expect(groups.list()).toEqual([])
  })
})
