import { expect } from 'vitest'
import { type Node, Nodes, annotations, nameOf } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { eventually } from '../main-job/eventually.ts'
import { claimOf, classOf } from '../main-job/manifests.ts'
import type { World } from '../main-job/world.ts'
import { story } from './story.ts'

const taint = (key: string): object => ({ key, value: 'x', effect: 'PreferNoSchedule' })
const template = { labels: { tier: 'web', old: 'x' }, annotations: { note: '1', memo: 'x' }, taints: [taint('gpu'), taint('ssd')] }
const set = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: { name: 'workers' },
  spec: { replicas: 2, nodeClassName: 'dressed', template: { labels: { tier: 'set', team: 'a' } } },
}

const all = ({ client }: World): Promise<readonly Node[]> => listAll(client, Nodes)
const patch = ({ kubectl }: World, what: string, spec: object): Promise<string> =>
  kubectl(`patch ${what} --type=merge -p ${JSON.stringify({ spec })}`)

interface Dress {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly taints: readonly string[]
}

/** What of a node's dress this story is about; the taints are in order of their keys. */
const dressOf = ({ metadata, spec }: Node): Dress => {
  const only = (all: Readonly<Record<string, string>> | undefined, ...keys: readonly string[]): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(all ?? {}).filter(([key]) => keys.includes(key)))
  return {
    labels: only(metadata?.labels, 'tier', 'old', 'new', 'team', 'theirs'),
    annotations: only(metadata?.annotations, 'note', 'memo', 'theirs'),
    taints: (spec?.taints ?? []).map(({ key }) => key).toSorted(),
  }
}

const wear = (world: World, signal: AbortSignal, expected: Readonly<Record<string, Dress>>): Promise<void> =>
  eventually({ signal }, async () => {
    const nodes = await all(world)
    const worn = nodes.map(node => [nameOf(node).startsWith('workers-') ? 'workers' : nameOf(node), dressOf(node)] as const)
    expect(worn).toHaveLength(3)
    expect(worn).toEqual(worn.map(([who]) => [who, expected[who]]))
  })

story('what a template says goes onto nodes that run and off them, beside what others have put there', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('create -f -', classOf('dressed', { template }))
  await kubectl('create -f -', claimOf('single', 'dressed'))
  await kubectl('create -f -', JSON.stringify(set))
  await eventually({ signal }, async () => {
    expect((await all(world)).map(({ metadata }) => metadata?.annotations?.[annotations.phase])).toEqual(['Running', 'Running', 'Running'])
  })
  const before = (await all(world)).map(({ metadata, spec }) => [metadata?.name, metadata?.uid, spec?.providerID])

  const mark = '--all theirs=y'
  await Promise.all([kubectl(`label nodes ${mark}`), kubectl(`annotate nodes ${mark}`), kubectl(`taint nodes ${mark}:PreferNoSchedule`)])
  const born = { annotations: { note: '1', memo: 'x', theirs: 'y' }, taints: ['gpu', 'ssd', 'theirs'] }
  await wear(world, signal, {
    single: { ...born, labels: { tier: 'web', old: 'x', theirs: 'y' } },
    workers: { ...born, labels: { tier: 'set', old: 'x', team: 'a', theirs: 'y' } },
  })

  const edit = {
    labels: { tier: 'db', old: null, new: 'z' },
    annotations: { note: '2', memo: null },
    taints: [taint('ssd'), taint('fpga')],
  }
  await patch(world, 'nodeclass dressed', { template: edit })
  const edited = { annotations: { note: '2', theirs: 'y' }, taints: ['fpga', 'ssd', 'theirs'] }
  await wear(world, signal, {
    single: { ...edited, labels: { tier: 'db', new: 'z', theirs: 'y' } },
    workers: { ...edited, labels: { tier: 'set', new: 'z', team: 'a', theirs: 'y' } },
  })

  await patch(world, 'nodeset workers', { template: null })
  await patch(world, 'nodeclass dressed', { template: { annotations: null, taints: null } })
  const plain = { labels: { tier: 'db', new: 'z', theirs: 'y' }, annotations: { theirs: 'y' }, taints: ['theirs'] }
  await wear(world, signal, { single: plain, workers: plain })

  const after = (await all(world)).map(({ metadata, spec }) => [metadata?.name, metadata?.uid, spec?.providerID])
  expect(after).toEqual(before)
  expect(cloud.made()).toHaveLength(3)
  await kubectl('delete nodeset workers --cascade=foreground --timeout=60s')
  await kubectl('delete node single --timeout=60s')
  expect(cloud.living()).toEqual([])
})
