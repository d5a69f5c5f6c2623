import type { GroupRequest } from '@kube-node/core/provider'
import { describe, expect, test } from 'vitest'
import { config } from './config.ts'
import type { GkeNodePoolConfig } from './config.types.ts'
import { poolToMake } from './create.ts'

const parsed = (more: Readonly<Record<string, unknown>> = {}): GkeNodePoolConfig => {
  const result = config['~standard'].validate({ project: 'my-project-1', location: 'europe-west1', cluster: 'main', ...more })
  if (result instanceof Promise) throw new Error('schemas answer at once')
  if (result.issues) throw new Error(result.issues.map(({ path = [], message }) => `${path.join('.')}: ${message}`).join('; '))
  return result.value
}
const owner = { cluster: 'c1', controller: 'kube-node.dev/controller', set: 's1', setName: 'workers' }
const request = (more: object, size: number): GroupRequest<GkeNodePoolConfig> => ({
  name: 'kn-s1',
  owner,
  config: parsed({ ...more }),
  revision: 'r1',
  size,
})

describe('a config', () => {
  test('needs its cluster alone: pools that exist keep what they have', () =>
    expect(parsed()).toMatchObject({ cluster: 'main', spot: false }))

  test.each([
    ['a location that is none', { location: 'europe' }, 'a region or a zone'],
    ['labels of ours', { labels: { 'kube-node.dev/class': 'x' } }, 'kube-node.dev/ are taken'],
    ['resource labels by which gce() knows its machines', { resourceLabels: { 'kube-node-cluster': 'x' } }, 'are taken'],
    ['a zone twice', { zones: ['europe-west1-b', 'europe-west1-b'] }, 'there twice'],
    ['a taint without effect', { taints: [{ key: 'a' }] }, 'taints.0.effect'],
    ['a typo', { machinetype: 'e2-medium' }, 'machinetype'],
  ])('refuses %s', (_, more, words) => expect(() => parsed(more)).toThrow(words))
})

describe('a pool of our own', () => {
  test('is what its class says, and carries its owner', () => {
    const more = {
      machineType: 'e2-standard-4',
      diskSizeGiB: 50,
      imageType: 'COS_CONTAINERD',
      spot: true,
      labels: { tier: 'web' },
      taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }],
    }
    expect(poolToMake(request(more, 3), 1)).toEqual({
      name: 'kn-s1',
      initialNodeCount: 3,
      config: {
        machineType: 'e2-standard-4',
        diskSizeGb: 50,
        imageType: 'COS_CONTAINERD',
        spot: true,
        labels: { tier: 'web' },
        taints: [{ key: 'gpu', value: 'yes', effect: 'NO_SCHEDULE' }],
        resourceLabels: {},
        tags: [],
        metadata: { 'kube-node-group': JSON.stringify({ ...owner, revision: 'r1' }), 'disable-legacy-endpoints': 'true' },
      },
    })
  })

  test.each([
    [3, 3, 1],
    [4, 3, 1],
    [2, 3, 0],
    [5, 1, 5],
  ])('of %i machines in %i zones begins with %i in each: never with more than was asked for', (size, zones, initialNodeCount) =>
    expect(poolToMake(request({ machineType: 'e2-medium' }, size), zones)).toMatchObject({ initialNodeCount }),
  )

  test('is not made without a machine type, and the class is told what it lacks', () =>
    expect(() => poolToMake(request({}, 1), 1)).toThrow('needs machineType'))
})
