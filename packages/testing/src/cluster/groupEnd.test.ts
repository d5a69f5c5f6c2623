import { readyStatus } from '@kube-node/core'
import { NodeSets, Pods, finalizers } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type GroupStage, createGroupStage, workers } from './group.fixture.ts'

let stage: GroupStage
const begin = async (spec: Parameters<typeof workers>[0] = {}): Promise<void> => {
  stage = await createGroupStage()
  stage.manager()
  await stage.create(NodeSets, workers({ replicas: 2, ...spec }))
  await stage.until('both run', async () => (await stage.running()).length === (spec.replicas ?? 2))
}
afterEach(() => stage[Symbol.asyncDispose]())

const gone = (): Promise<boolean> => stage.until('the set is gone', async () => (await stage.set()) === undefined)

describe('a set that is deleted', () => {
  it.each(['Background', 'Foreground'] as const)('(%s) drains its nodes, and takes its group along', async propagation => {
    await begin()
    const kept = (await stage.members())[0]
    await stage.pod('slow', kept, { annotations: { 'kube-node.dev/do-not-disrupt': 'true' } })
    await stage.removeSet(propagation)
    await stage.runtime.advance(60_000)
    expect(stage.cloud.calls.destroyGroup).toBe(0)
    const machine = stage.alive().find(({ id }) => kept?.spec?.providerID?.endsWith(id) === true)
    expect(machine?.state).toBe('running')
    await stage.lasting(stage.client.delete(Pods, { namespace: 'default', name: 'slow' }, { uid: await podUid() }))
    await gone()
    expect(await stage.lasting(stage.nodes())).toEqual([])
    expect(stage.cloud.groups.list()).toEqual([])
    expect(stage.alive()).toEqual([])
  })

  it('keeps its group where it was told to', async () => {
    await begin({ group: { deletionPolicy: 'Keep' } })
    await stage.removeSet('Foreground')
    await gone()
    expect(await stage.lasting(stage.nodes())).toHaveLength(2)
    expect(stage.cloud.groups.get(stage.group)?.size).toBe(2)
    expect(stage.alive()).toHaveLength(2)
  })

  it('keeps its group when its nodes are orphaned', async () => {
    await begin()
    await stage.removeSet('Orphan')
    await gone()
    for (const { metadata } of await stage.lasting(stage.nodes())) expect(metadata?.finalizers ?? []).not.toContain(finalizers.machine)
    expect(stage.alive()).toHaveLength(2)
  })

  it('may keep it after all', async () => {
    await begin()
    await stage.patch({ group: { deletionPolicy: 'Keep' } })
    await stage.until('it owns its nodes no more', async () =>
      (await stage.members()).every(({ metadata }) => (metadata?.ownerReferences ?? []).length === 0),
    )
    await stage.patch({ group: { deletionPolicy: 'Delete' } })
    await stage.until('it owns them again', async () =>
      (await stage.members()).every(({ metadata }) => metadata?.ownerReferences?.length === 1),
    )
    await stage.removeSet()
    await gone()
    expect(stage.cloud.groups.list()).toEqual([])
  })

  it('ends with its nodes when somebody has deleted the group before it', async () => {
    await begin({ replicas: 3 })
    stage.cloud.faults.unavailable(true)
    stage.cloud.groups.destroy(stage.group)
    await stage.until('all are silent', async () => (await stage.members()).every(node => readyStatus(node) !== 'True'))
    await stage.removeSet()
    stage.cloud.faults.unavailable(false)
    await gone()
    expect(await stage.lasting(stage.nodes())).toEqual([])
  })

  it('does not take the silence of a list for the end of its group', async () => {
    await begin()
    stage.cloud.faults.emptyLists(true)
    await stage.removeSet()
    await stage.runtime.advance(300_000)
    expect((await stage.set())?.metadata?.finalizers).toContain(finalizers.group)
    stage.cloud.faults.emptyLists(false)
    await gone()
    expect(stage.cloud.groups.list()).toEqual([])
    expect(stage.alive()).toEqual([])
  })
})

const podUid = async (): Promise<string> =>
  (await stage.lasting(stage.client.get(Pods, { namespace: 'default', name: 'slow' })))?.metadata?.uid ?? ''
