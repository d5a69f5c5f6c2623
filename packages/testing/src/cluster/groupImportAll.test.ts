import { readyStatus } from '@kube-node/core'
import { type Node, NodeClasses, type NodeSet, NodeSets, labels, nameOf } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type GroupStage, createGroupStage } from './group.fixture.ts'

let stage: GroupStage
afterEach(() => stage[Symbol.asyncDispose]())

const sets = async (): Promise<readonly NodeSet[]> => {
  const all: NodeSet[] = []
  for await (const page of stage.client.pages(NodeSets)) all.push(...page)
  return all.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}
const namesOf = async (): Promise<readonly string[]> => (await sets()).map(nameOf)
const importing = (ids: readonly string[] | null) =>
  stage.lasting(stage.client.patch(NodeClasses, { name: 'pool' }, { merge: { spec: { importGroups: ids && { ids } } } }))
const sizeOf = (id: string): number | undefined => stage.cloud.groups.get(id)?.size

const isOf =
  (set: string) =>
  ({ metadata }: Node): boolean =>
    metadata?.labels?.[labels.nodeset] === set

const begin = async (...ids: readonly string[]): Promise<void> => {
  stage = await createGroupStage()
  stage.cloud.groups.create('web', { region: 'r1', size: 2 })
  stage.cloud.groups.create('batch', { region: 'r1', size: 1 })
  stage.manager()
  await importing(ids)
  await stage.until('the first set is there', async () => (await sets()).some(({ status }) => status?.availableReplicas === 2))
}

describe('a class that imports groups', () => {
  it('has a set made for each, as large as it is, and nothing comes or goes', async () => {
    await begin('*')
    await stage.until('both run', async () => (await sets()).every(({ status, spec }) => status?.availableReplicas === spec.replicas))
    expect((await sets()).map(set => [nameOf(set), set.spec.replicas, set.metadata?.labels?.[labels.importedBy]])).toEqual([
      ['pool-batch', 1, 'pool'],
      ['pool-web', 2, 'pool'],
    ])
    expect(stage.cloud.calls).toMatchObject({ resizeGroup: 0, removeMembers: 0 })
  })

  it('leaves those that it does not name', async () => {
    await begin('we*')
    await stage.runtime.advance(120_000)
    expect(await namesOf()).toEqual(['pool-web'])
  })

  it('has a set made for a group that comes later, and drives each as any other', async () => {
    await begin('*')
    stage.cloud.groups.create('late', { region: 'r1', size: 1 })
    await stage.until('it is imported', async () => (await namesOf()).includes('pool-late'))
    await stage.lasting(stage.client.patch(NodeSets, { name: 'pool-web' }, { merge: { spec: { replicas: 3 } } }))
    await stage.until('it grows', () => sizeOf('web') === 3)
    expect(sizeOf('batch')).toBe(1)
  })

  it('loses the set of a group that somebody deletes, and no other', async () => {
    await begin('*')
    stage.cloud.groups.destroy('web')
    await stage.until('its set is gone', async () => !(await namesOf()).includes('pool-web'))
    await stage.runtime.advance(120_000)
    expect(await namesOf()).toEqual(['pool-batch'])
    expect(sizeOf('batch')).toBe(1)
  })

  it('loses it too when the nodes were deleted first, as a cloud-controller-manager does with those whose machine is gone', async () => {
    await begin('*')
    stage.cloud.groups.resize('web', 3)
    await stage.lasting(stage.client.patch(NodeSets, { name: 'pool-web' }, { merge: { spec: { replicas: 3 } } }))
    await stage.until('three run', async () => (await sets()).some(({ status }) => status?.availableReplicas === 3))
    stage.cloud.groups.destroy('web')
    const members = async (): Promise<readonly Node[]> => (await stage.nodes()).filter(isOf('pool-web'))
    await stage.until('one is silent', async () => (await members()).some(node => readyStatus(node) !== 'True'))
    for (const node of await members()) await stage.remove(node)
    await stage.until('its set is gone', async () => !(await namesOf()).includes('pool-web'))
    await stage.until('its nodes are gone', async () => (await stage.nodes()).length === 1)
    expect(await namesOf()).toEqual(['pool-batch'])
  })

  it('makes no second set for a group that a person has named in one', async () => {
    stage = await createGroupStage()
    stage.cloud.groups.create('web', { region: 'r1', size: 2 })
    stage.cloud.groups.create('batch', { region: 'r1', size: 1 })
    stage.manager()
    await stage.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { nodeClassName: 'pool', group: { id: 'batch' } },
    })
    await importing(['*'])
    await stage.until('the other is imported', async () => (await namesOf()).includes('pool-web'))
    await stage.runtime.advance(120_000)
    expect(await namesOf()).toEqual(['pool-web', 'workers'])
  })

  it('waits with a group that its cloud is at work on: its size is whatever that work needs', async () => {
    stage = await createGroupStage()
    stage.cloud.groups.create('web', { region: 'r1', size: 3 })
    const work = stage.cloud.groups.busy('web', 'an upgrade')
    stage.manager()
    await importing(['*'])
    await stage.runtime.advance(120_000)
    expect(await namesOf()).toEqual([])
    stage.cloud.groups.resize('web', 2)
    work[Symbol.dispose]()
    await stage.until('it is imported', async () => (await namesOf()).includes('pool-web'))
    expect((await sets())[0]?.spec.replicas).toBe(2)
  })

  it('keeps a set that a person has made when its group is gone, and says so', async () => {
    await begin('web')
    await stage.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { nodeClassName: 'pool', group: { id: 'batch' } },
    })
    await stage.until('it is driven', async () => (await stage.set())?.status?.availableReplicas === 1)
    stage.cloud.groups.destroy('batch')
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.reason === 'GroupNotFound')
    await stage.runtime.advance(300_000)
    expect(await namesOf()).toEqual(['pool-web', 'workers'])
  })
})
