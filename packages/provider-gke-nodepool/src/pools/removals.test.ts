import { describe, expect, test } from 'vitest'
import { successorOf } from './growth.ts'
import { managed, zoneWith } from './pool.fixture.ts'
import { removalsOf } from './removals.ts'

const zones = [
  zoneWith('b', 2, [managed('n1', { id: '1' }), managed('n2', { id: '2' })]),
  zoneWith('c', 1, [managed('n3', { id: '3', currentAction: 'DELETING' }), managed('n4', { id: '4' })]),
]
const [zone = zoneWith('b', 0)] = zones

describe('what is removed', () => {
  test('is named, in its zone', () => expect(removalsOf({ zones }, ['2', '4'], false).map(({ names }) => names)).toEqual([['n2'], ['n4']]))

  test.each([
    ['goes already', '3'],
    ['was never there', '9'],
  ])('is nothing where it %s', (_, id) => expect(removalsOf({ zones }, [id], false)).toEqual([]))

  test('is nothing where GKE recreates it: the next one with its name is another machine', () => {
    const upgraded = [zoneWith('b', 1, [managed('n1', { id: '1', currentAction: 'RECREATING' })])]
    expect(removalsOf({ zones: upgraded }, ['1'], true)).toEqual([])
    const done = [zoneWith('b', 1, [managed('n1', { id: '11' })])]
    expect(removalsOf({ zones: done }, ['1'], false)).toEqual([])
  })

  test('has a successor where it is replaced, once', () => {
    const successor = successorOf(zone, '1')
    expect(removalsOf({ zones }, ['1'], true)).toMatchObject([{ names: ['n1'], successors: [successor] }])
    const again = [zoneWith('b', 3, [...zone.members, managed(successor, { id: '5' })])]
    expect(removalsOf({ zones: again }, ['1'], true)).toMatchObject([{ names: ['n1'], successors: [] }])
  })
})
