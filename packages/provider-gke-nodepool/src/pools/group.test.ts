import { describe, expect, test } from 'vitest'
import { type GroupReading, groupOf } from './group.ts'
import { writtenOn } from './owner.ts'
import { instance, managed, poolWith, zoneWith } from './pool.fixture.ts'

const now = Date.parse('2026-11-26T08:00:00Z')
const reading = (more: Partial<GroupReading> = {}): GroupReading => ({ cluster: 'main', now, seen: new Map(), operations: [], ...more })
const link = 'https://container.googleapis.com/v1/projects/1234/locations/europe-west1/clusters'

describe('a pool', () => {
  test('has the machines of its zones, and those that it shall have as its size', () => {
    const zones = [zoneWith('b', 2, [managed('n1', { id: '1' })]), zoneWith('c', 1, [managed('n2', { id: '2' })])]
    const { size, step, members } = groupOf(poolWith(zones), reading())
    expect([size, step, members.map(({ id }) => id)]).toEqual([3, 2, ['1', '2']])
  })

  test('of one zone has no steps', () => expect('step' in groupOf(poolWith([zoneWith('b', 1)]), reading())).toBe(false))

  test.each([
    [
      { enabled: true, minNodeCount: 1, maxNodeCount: 3 },
      { min: 2, max: 6 },
    ],
    [
      { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 5 },
      { min: 1, max: 5 },
    ],
  ])('that is autoscaled %o says so, and within what', (autoscaling, limits) =>
    expect(groupOf(poolWith([zoneWith('b', 1), zoneWith('c', 1)], { autoscaling }), reading())).toMatchObject({
      ...limits,
      autoscaled: 'the cluster autoscaler of GKE resizes it',
    }),
  )

  test('whose autoscaling is off has no limits', () => {
    const group = groupOf(poolWith([zoneWith('b', 1)], { autoscaling: { enabled: false, maxNodeCount: 3 } }), reading())
    expect('max' in group || 'autoscaled' in group).toBe(false)
  })

  test('is known as the one of its set by what it carries', () => {
    const owner = { cluster: 'c', controller: 'kube-node.dev/controller', set: 's', setName: 'workers.of.mine' }
    const config = { metadata: writtenOn({ owner, revision: 'r1' }) }
    const { owner: read, revision, members } = groupOf(poolWith([zoneWith('b', 1, [managed('n1')])], { config }), reading())
    expect([read, revision, members[0]?.revision]).toEqual([owner, 'r1', 'r1'])
    for (const text of ['{}', 'x']) {
      expect(groupOf(poolWith([], { config: { metadata: { 'kube-node-group': text } } }), reading()).owner).toBeUndefined()
    }
  })
})

describe('a pool is busy', () => {
  const running = (targetLink: string) => [{ name: 'operation-1', operationType: 'UPGRADE_NODES', status: 'RUNNING', targetLink }]
  test.each([
    ['with an operation of its own', running(`${link}/main/nodePools/a`), 'RUNNING', 'GKE is at work on it (UPGRADE_NODES operation-1)'],
    ['with one of its cluster', running(`${link}/main`), 'RUNNING', 'GKE is at work on it (UPGRADE_NODES operation-1)'],
    ['not with one of another pool', running(`${link}/main/nodePools/aa`), 'RUNNING', undefined],
    ['not with one of another cluster', running(`${link}/other`), 'RUNNING', undefined],
    ['while it is made', [], 'PROVISIONING', 'GKE is creating it'],
    ['while GKE works on it', [], 'RECONCILING', 'GKE is at work on it'],
    ['not when it is in trouble', [], 'RUNNING_WITH_ERROR', undefined],
  ])('%s', (_, operations, status, busy) =>
    expect(groupOf(poolWith([zoneWith('b', 1)], { status }), reading({ operations })).busy).toBe(busy),
  )
})

describe('what a pool lacks is told', () => {
  const lastAttempt = { errors: { errors: [{ code: 'ZONE_RESOURCE_POOL_EXHAUSTED', message: 'none left\nreally' }] } }
  const { id: _id, ...unmade } = managed('n1', { currentAction: 'CREATING', lastAttempt })
  test.each([
    ['of an instance', poolWith([zoneWith('b', 1, [unmade])]), 'ZONE_RESOURCE_POOL_EXHAUSTED: none left'],
    ['of the pool', poolWith([], { status: 'ERROR', statusMessage: 'no quota' }), 'ERROR: no quota'],
    [
      'of its conditions',
      poolWith([], { status: 'RUNNING_WITH_ERROR', conditions: [{ message: 'stockout' }] }),
      'RUNNING_WITH_ERROR: stockout',
    ],
    ['not of one that came in the end', poolWith([zoneWith('b', 1, [managed('n1', { lastAttempt })])]), undefined],
  ])('%s', (_, facts, problem) => expect(groupOf(facts, reading()).problem).toBe(problem))

  test('and an instance that is not there yet is no member', () => {
    expect(groupOf(poolWith([zoneWith('b', 1, [unmade])]), reading()).members).toEqual([])
  })
})

describe('a member', () => {
  const seenAs = (more: object) =>
    groupOf(poolWith([zoneWith('b', 1, [managed('n1', { id: '1', ...more })])]), reading({ seen: new Map([['1', instance('1', 'n1')]]) }))
      .members[0]

  test('is what its instance is, under the name of its kubelet', () =>
    expect(seenAs({})).toEqual({
      id: '1',
      providerID: 'gce://p-12345/europe-west1-b/n1',
      nodeName: 'n1',
      state: 'running',
      createdAt: '2026-11-01T08:00:00.000Z',
      addresses: [{ type: 'InternalIP', address: '10.0.0.2' }],
      region: 'europe-west1',
      zone: 'europe-west1-b',
      instanceType: 'e2-medium',
      capacityType: 'spot',
    }))

  test.each(['DELETING', 'ABANDONING', 'RECREATING'])('goes while its manager is %s it', currentAction =>
    expect(seenAs({ currentAction })?.state).toBe('stopping'),
  )

  test('that no list of instances shows yet was made this moment', () => {
    const [member] = groupOf(poolWith([zoneWith('b', 1, [managed('n1', { id: '7' })])]), reading()).members
    expect(member).toMatchObject({
      state: 'starting',
      createdAt: new Date(now).toISOString(),
      providerID: 'gce://p-12345/europe-west1-b/n1',
    })
  })
})
