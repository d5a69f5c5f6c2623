import { describe, expect, it } from 'vitest'
import { type Node, annotations, conditions } from '../api/index.ts'
import { isSeated, isTurnedAway } from './place.ts'

const node = (record: object | string | undefined, reason?: string): Node => ({
  metadata: {
    name: 'n',
    ...(record !== undefined && { annotations: { [annotations.machine]: typeof record === 'string' ? record : JSON.stringify(record) } }),
  },
  ...(reason !== undefined && { status: { conditions: [{ type: conditions.machineProvisioned, status: 'False', reason }] } }),
})
const base = { attempt: 1, controller: 'kube-node.dev/controller', provider: 'p', connection: { config: {} } }
const adopts = { ...base, adopts: 'p://m-1' }

describe('a place under the limit of a class', () => {
  it.each([
    ['a claim without a record', node(undefined), false],
    ['a record', node(base), true],
    ['a record that can not be read', node('{'), true],
    ['a record that waits', node({ ...base, waits: true }), false],
    ['a record that waits, and names a machine all the same', node({ ...base, waits: true, id: 'm-1' }), true],
    // The manager died between the record and the word of it, or the word is about something else.
    ['an adoption, whatever it was told before', node(adopts, 'LimitReached'), true],
    ['an adoption that gave its place up, whatever it is told since', node({ ...adopts, waits: true }, 'AccountChanged'), false],
  ])('%s', (_what, its, seated) => {
    expect(isSeated(its)).toBe(seated)
  })

  it.each([
    ['a Node that nobody asked for', node(undefined, 'AlreadyRunning'), true],
    ['a Node that is refused', node(undefined, 'AdoptionRefused'), true],
    ['a claim that waits in line', node(undefined, 'LimitReached'), false],
    ['an adoption that goes on, and was refused before', node(adopts, 'AdoptionRefused'), false],
    ['an adoption that was refused', node({ ...adopts, waits: true }, 'AdoptionRefused'), true],
    ['an adoption whose account can not be reached, after it gave its place up', node({ ...adopts, waits: true }, 'AccountChanged'), true],
    ['an adoption that waits in line', node({ ...adopts, waits: true }, 'LimitReached'), false],
    ['a Node of a set that waits in line', node({ ...base, waits: true }, 'InvalidConfig'), false],
  ])('holds nobody up who waits for one: %s', (_what, its, away) => {
    expect(isTurnedAway(its)).toBe(away)
  })
})
