import { describe, expect, it } from 'vitest'
import { type Node, type NodeClass, annotations, labels, taints } from '../api/index.ts'
import { birthOf, canonicalJson, formatRecord, isUp, redress } from '../claim/index.ts'
import { encodeEdit } from './edit.ts'
import type { NodeFacts } from './facts.ts'
import { type NodeParts, claim, facts, machine, mirror, nodeClass, noted, offer, record } from './facts.fixture.ts'
import { handoverPatch } from './handover.ts'
import { awaitsInitialization, placeLabelKeys } from './initialization.ts'
import { joinPatch } from './patches.ts'
import { planNode } from './plan.ts'

const there = machine({ region: 'r1', instanceType: 'large' })
const uninitialized = { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' } as const
const spec = { providerID: 'test://m-1' }
const ready = (parts: NodeParts = {}): Node => claim({ record: noted(), phase: 'Booting', joined: true, ready: 'True', ...parts })
const where = (node: Node, more: Partial<NodeFacts> = {}): NodeFacts =>
  facts(node, { mirror: mirror({ machines: [there] }), cloudControllerManager: true, ...more })

describe('the plan for a claim that has joined', () => {
  const said = [{ type: 'MachineProvisioned', status: 'True' } as const]
  it.each<[string, NodeParts, object]>([
    ['is joined before it is initialised', {}, { do: 'join', up: true, running: false }],
    ['is joined also while it is not ready', { ready: 'False' }, { do: 'join', up: false, running: false }],
    ['waits while the taint is on', { spec, taints: [taints.uninitialized], conditions: said }, { do: 'rest' }],
    ['does not wait for labels that are none of ours', { spec, taints: [], phase: 'Running', conditions: said }, { do: 'rest' }],
    ['is let in while the taint is on', { spec, taints: [taints.notUp, taints.uninitialized] }, { do: 'join', up: true, running: false }],
    ['runs when it is off', { spec, taints: [] }, { do: 'join', up: true, running: true }],
    [
      'goes on running when somebody puts it on later',
      { spec, taints: [taints.uninitialized], phase: 'Running', conditions: said },
      { do: 'rest' },
    ],
    ['is not said to boot any more, though it waits', { spec, taints: [taints.uninitialized] }, { do: 'confirmProvisioned' }],
  ])('%s', (_title, parts, step) => {
    expect(planNode(where(ready(parts)))).toMatchObject(step)
  })

  it('waits for a taint that its own kubelet has put on, whatever the controller was told', () => {
    const node = ready({ spec, taints: [taints.uninitialized], labels: { [labels.zone]: 'z1' }, conditions: said })
    expect(planNode(where(node, { cloudControllerManager: false }))).toEqual({ do: 'rest' })
    expect(awaitsInitialization(node, false)).toBe(true)
    expect(isUp(node)).toBe(false)
    expect(isUp(ready({ taints: [] }))).toBe(true)
  })
})

describe('the join', () => {
  const how = { up: true, running: false, cloudControllerManager: true }

  it('puts the taint on in the write of the providerID, which nobody has written meanwhile, and no labels', () => {
    const node = ready({ taints: [] })
    const edit = joinPatch(node, noted(), there, how)
    expect(edit).toMatchObject({ taint: uninitialized, providerID: 'test://m-1', labels: {} })
    const { json, fields } = encodeEdit(node, edit)
    expect(json).toContainEqual({ op: 'add', path: '/spec/taints/-', value: uninitialized })
    expect(fields).toContainEqual({ path: ['spec', 'providerID'], value: undefined })
  })

  it('never puts it on a second time', () => {
    expect(joinPatch(ready({ spec }), noted(), there, how)).not.toHaveProperty('taint')
    const tainted = ready({ taints: [taints.uninitialized] })
    expect(JSON.stringify(encodeEdit(tainted, joinPatch(tainted, noted(), there, how)).json)).not.toContain('uninitialized')
  })

  it('writes the labels, and no taint, where no cloud-controller-manager runs', () => {
    const edit = joinPatch(ready(), noted(), there, { ...how, cloudControllerManager: false })
    expect(edit.labels).toEqual({ [labels.zone]: 'z1', [labels.region]: 'r1', [labels.instanceType]: 'large' })
    expect(edit).not.toHaveProperty('taint')
  })
})

describe('the handover', () => {
  const how = { record: noted(), machine: there, startupTaints: [], cloudControllerManager: true }
  const to = (more: NonNullable<Node['spec']> = {}): Node => ({ metadata: { name: 'ip-1', uid: 'uid-n' }, spec: more })
  const patched = (node: Node): ReturnType<typeof handoverPatch> => handoverPatch(claim({ record: noted(), taints: [] }), node, how)

  it.each<[string, Node, readonly object[]]>([
    ['is put on a Node that has no providerID', to(), [uninitialized]],
    ['is left where its kubelet has put it', to({ taints: [{ ...uninitialized }] }), [uninitialized]],
    ['is not put on one that was initialised', to(spec), []],
  ])('the taint %s', (_title, node, marks) => {
    expect(patched(node).spec).toMatchObject({ taints: marks })
    expect(patched(node).metadata?.['labels']).not.toHaveProperty([labels.zone])
  })
})

describe('what a class says of where its nodes are', () => {
  const placed: NodeClass = {
    ...nodeClass,
    spec: { ...nodeClass.spec, template: { labels: { [labels.zone]: 'own', tier: 'web' }, taints: [uninitialized] } },
  }
  const born = birthOf(placed, record(), offer.written)
  const dress = { labels: { [labels.zone]: 'own', tier: 'web' }, annotations: {}, taints: [] }
  const initialized: Node = {
    metadata: {
      labels: { ...born.labels, [labels.zone]: 'theirs' },
      annotations: { ...born.annotations, [annotations.machine]: formatRecord(noted()), [annotations.phase]: 'Running' },
    },
    spec: { taints: [] },
  }

  it('is no reason to write, where somebody else says it', () => {
    expect(born.taints.map(({ key }) => key)).not.toContain(taints.uninitialized)
    expect(redress(initialized, dress, placeLabelKeys)).toBeUndefined()
    expect(redress(initialized, dress)).toMatchObject({ labels: { [labels.zone]: 'own' } })
  })

  it('is no step of the plan', () => {
    const worn = { ...dress, labels: { [labels.zone]: 'own' } }
    const node = ready({
      spec,
      taints: [],
      phase: 'Running',
      labels: { [labels.zone]: 'theirs' },
      conditions: [{ type: 'MachineProvisioned', status: 'True' }],
    })
    const applied: Node = {
      ...node,
      metadata: { ...node.metadata, annotations: { ...node.metadata?.annotations, [annotations.applied]: canonicalJson(worn) } },
    }
    expect(planNode(where(applied, { dress: worn }))).toEqual({ do: 'rest' })
    expect(planNode(where(applied, { dress: worn, cloudControllerManager: false }))).toMatchObject({ do: 'redress' })
  })

  it('is no reason to take a label off either, when the class says it no more', () => {
    const same: Node = { ...initialized, metadata: { ...initialized.metadata, labels: { ...born.labels } } }
    expect(redress(same, { ...dress, labels: { tier: 'web' } }, placeLabelKeys)?.labels).toEqual({})
    expect(redress(same, { ...dress, labels: { tier: 'web' } })?.labels).toEqual({ [labels.zone]: null })
  })
})
