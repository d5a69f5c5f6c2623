import type { Node } from '@kube-node/core/api'
import { manualRuntime } from '@kube-node/core/runtime'
import { describe, expect, it } from 'vitest'
import { createPhaseWatch } from './phases.ts'
import { viewOf } from './view.ts'
import { claim, set } from './view.fixture.ts'

const rowOf = (node: Node) => viewOf([node], [], () => 0).nodes[0]!

describe('what is told of a node', () => {
  it('is its class, phase and machine while all is well', () => {
    expect(rowOf(claim('a', { phase: 'Running', machine: 'i-1', ready: 'True' }))).toEqual({
      name: 'a',
      className: 'small',
      phase: 'Running',
      sinceMs: 0,
      machine: 'i-1',
      why: '',
      trouble: false,
    })
  })

  it('is why it waits, as its condition says', () => {
    const problem = { type: 'MachineProvisioned', reason: 'InsufficientCapacity', message: 'no m7i.large; next try in 40 s' }
    expect(rowOf(claim('a', { phase: 'Provisioning', problem }))).toMatchObject({
      why: 'InsufficientCapacity: no m7i.large; next try in 40 s',
      trouble: true,
    })
  })

  it('is what its drain waits for, while it goes', () => {
    const problem = { type: 'Drained', reason: 'Evicting', message: 'waits for 1 pod: default/web' }
    const draining = claim('a', { phase: 'Draining', deleting: true, ready: 'True', problem })
    expect(rowOf(draining)).toMatchObject({ why: 'Evicting: waits for 1 pod: default/web', trouble: false })
    expect(rowOf(claim('a', { phase: 'Running', ready: 'True', problem })).why).toBe('')
  })

  it('is what its kubelet lacks, once it has joined', () => {
    expect(rowOf(claim('a', { phase: 'Booting', ready: 'False' }))).toMatchObject({ why: 'not ready: no CNI yet', trouble: true })
  })

  it("is that it is cordoned, or nobody's claim: remarks, not troubles", () => {
    expect(rowOf(claim('a', { phase: 'Running', ready: 'True', cordoned: true }))).toMatchObject({ why: 'cordoned', trouble: false })
    const foreign: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'foreign' } }
    expect(rowOf(foreign)).toMatchObject({ className: '', phase: '', why: 'names no class: not a claim of kube-node', trouble: false })
  })
})

describe('what is told of a set', () => {
  it('is what it has of what it wants', () => {
    const [row] = viewOf([], [set('workers', { readyReplicas: 2, availableReplicas: 1 })], () => 0).sets
    expect(row).toEqual({ name: 'workers', className: 'small', desired: 3, ready: 2, available: 1, note: '', trouble: false })
  })

  it('is what keeps it from going on', () => {
    const conditions = [
      { type: 'Reconciling', status: 'True' as const, reason: 'Working', message: '' },
      { type: 'Stalled', status: 'True' as const, reason: 'LimitReached', message: 'the class allows 2 nodes' },
    ]
    const [stalled, going] = viewOf([], [set('a', { conditions }), set('b', { conditions: conditions.slice(0, 1) })], () => 0).sets
    expect(stalled).toMatchObject({ note: 'LimitReached: the class allows 2 nodes', trouble: true })
    expect(going).toMatchObject({ note: 'in progress', trouble: false })
  })
})

it('nodes stand in the order of their creation, and by name where that is the same', () => {
  const nodes = [claim('c', { created: 1 }), claim('b', { created: 2 }), claim('a', { created: 1 })]
  expect(viewOf(nodes, [], () => 0).nodes.map(row => row.name)).toEqual(['a', 'c', 'b'])
})

it('the time in a phase begins when the phase is first seen', async () => {
  const runtime = manualRuntime()
  const phases = createPhaseWatch(runtime.clock)
  expect(phases.since(claim('a', { phase: 'Booting' }))).toBe(0)
  await runtime.advance(3_000)
  expect(phases.since(claim('a', { phase: 'Booting' }))).toBe(3_000)
  expect(phases.since(claim('a', { phase: 'Running' }))).toBe(0)
  await runtime.advance(1_000)
  phases.forget(claim('a'))
  expect(phases.since(claim('a', { phase: 'Running' }))).toBe(0)
})
