import { describe, expect, it } from 'vitest'
import { annotations } from '../api/index.ts'
import { formatAnnouncedEnd } from '../claim/index.ts'
import { claim, facts, machine, mirror, noted } from './facts.fixture.ts'
import type { NodeFacts } from './facts.ts'
import { planNode } from './plan.ts'

const hour = 3_600_000
const { wall } = facts(claim()).now
const iso = (ms: number): string => new Date(wall + ms).toISOString()

const announced = (at: string | undefined, more: Partial<NodeFacts> = {}, id = 'm-1'): NodeFacts => {
  const node = claim({ record: noted(), joined: true, ready: 'True', phase: 'Running', taints: [], spec: { providerID: 'test://m-1' } })
  const end = formatAnnouncedEnd({ id, reason: 'a spot interruption', ...(at !== undefined && { at }) })
  const told = [{ type: 'MachineProvisioned', status: 'True' as const }]
  return facts(
    {
      ...node,
      metadata: {
        ...node.metadata,
        labels: { ...node.metadata?.labels, 'topology.kubernetes.io/zone': 'z1' },
        annotations: { ...node.metadata?.annotations, [annotations.interruption]: end },
      },
      status: { ...node.status, conditions: [...(node.status?.conditions ?? []), ...told] },
    },
    { mirror: mirror({ machines: [machine()] }), ...more },
  )
}
const ends = { do: 'end', reason: 'Interrupted' }

describe('a machine that the cloud takes away', () => {
  const drainMs = announced(undefined).timeouts.drainMs

  it('ends its claim when no more than the time to drain is left', () => {
    expect(planNode(announced(iso(120_000)))).toMatchObject(ends)
    expect(planNode(announced(iso(drainMs)))).toMatchObject(ends)
  })

  it('waits until then', () => {
    expect(planNode(announced(iso(drainMs + hour)))).toEqual({ do: 'rest', afterMs: hour })
    expect(planNode(announced(iso(drainMs + 1_000 * hour)))).toEqual({ do: 'rest', afterMs: 24 * hour })
  })

  it('of which the cloud only advises, stays for as long as nobody replaces it', () => {
    expect(planNode(announced(undefined))).toEqual({ do: 'rest' })
  })

  it('of the attempt before is no news', () => {
    expect(planNode(announced(iso(0), {}, 'm-0'))).toEqual({ do: 'rest' })
  })

  it('ends nothing while deletions are frozen', () => {
    const distrusted = mirror({ machines: [machine()], distrusted: 'the API server went back in time' })
    expect(planNode(announced(iso(0), { mirror: distrusted }))).toMatchObject({ do: 'rest', afterMs: 30_000 })
  })

  it.each(['nonsense', '{"id":"m-1"}', '[]', '{"id":"m-1","reason":"x","at":"soon"}'])('is not read out of %s', text => {
    const given = announced(iso(0))
    const node = { ...given.node, metadata: { ...given.node.metadata } }
    node.metadata.annotations = { ...node.metadata.annotations, [annotations.interruption]: text }
    expect(planNode({ ...given, node })).toEqual({ do: 'rest' })
  })
})
