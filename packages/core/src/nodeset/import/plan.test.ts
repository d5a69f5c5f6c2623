import { describe, expect, test } from 'vitest'
import type { Group } from '../../provider/index.ts'
import { planImport } from './plan.ts'

const owner = { cluster: 'c', controller: 'k', set: 's', setName: 'workers' }
const pool = (id: string, more: Partial<Group> = {}): Group => ({ id, size: 3, members: [], ...more })
const plan = (groups: readonly Group[], ids: readonly string[] = ['*'], driven: readonly string[] = []) =>
  planImport({ className: 'pools', ids, groups, driven: new Set(driven) })

describe('an import', () => {
  test('makes a set as large as its group is, which outlives it', () =>
    expect(plan([pool('a')])).toEqual([
      {
        apiVersion: 'kube-node.dev/v1alpha1',
        kind: 'NodeSet',
        metadata: { name: 'pools-a', labels: { 'kube-node.dev/imported-by': 'pools' } },
        spec: { replicas: 3, nodeClassName: 'pools', group: { id: 'a', sizeAuthority: 'nodeset', deletionPolicy: 'Keep' } },
      },
    ]))

  test('leaves the say over its size to whoever scales it', () =>
    expect(plan([pool('a', { autoscaled: 'the cloud does' })])[0]?.spec.group?.sizeAuthority).toBe('group'))

  test.each([
    ['a set has already', [pool('a')], ['*'], ['a']],
    ['a set has made, of this cluster or another', [pool('a', { owner })], ['*'], []],
    ['the class does not name', [pool('a'), pool('ab')], ['b*', '*c', 'a.'], []],
  ])('leaves alone what %s', (_, groups, ids, driven) => expect(plan(groups, ids, driven)).toEqual([]))

  test.each([
    ['default-pool', 'default-pool'],
    ['default-*', 'default-pool'],
    ['*-pool', 'default-pool'],
    ['*', 'Web/Group_1'],
  ])('takes for %s %s', (pattern, id) => expect(plan([pool(id)], [pattern])).toHaveLength(1))

  test('gives each set a name of its own, the same each time', () => {
    const ids = ['a', 'A', 'a_b', 'a/b', 'a-b', 'x'.repeat(200), `${'x'.repeat(200)}y`]
    const names = plan(ids.map(id => pool(id))).map(({ metadata }) => metadata?.name ?? '')
    expect(new Set(names).size).toBe(ids.length)
    for (const name of names) expect(name).toMatch(/^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
    expect(plan(ids.map(id => pool(id))).map(({ metadata }) => metadata?.name ?? '')).toEqual(names)
  })
})
