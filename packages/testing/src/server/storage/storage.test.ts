import { assert, array, constantFrom, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import type { Draft } from '../objects/index.ts'
import { History, Storage } from './index.ts'

const things = { group: 'example.test', plural: 'things' }
const draft = (name: string, value: number): Draft => ({
  apiVersion: 'example.test/v1',
  kind: 'Thing',
  metadata: { name, uid: name, creationTimestamp: '2026-01-01T00:00:00Z' },
  value,
})
const steps = array(record({ name: constantFrom('a', 'b', 'c', 'd'), what: constantFrom('write', 'delete', 'compact'), value: nat(9) }), {
  maxLength: 60,
})

test('As long as it is not compacted, every moment of the past can be listed again, in order', () => {
  assert(
    property(steps, nat(20), (script, historySize) => {
      const storage = new Storage(historySize + 1)
      const moments = new Map<number, string>()
      const seen = (): string => JSON.stringify(storage.collection(things).now(storage.revision).objects)
      for (const { name, value, what } of script) {
        const before = storage.get(things, undefined, name)
        if (what === 'compact') storage.compact(storage.revision - value)
        else if (what === 'delete' && before !== undefined) storage.delete(things, before)
        else if (before === undefined) storage.create(things, draft(name, value))
        else storage.update(things, draft(name, value), before)
        moments.set(storage.revision, seen())
      }
      const collection = storage.collection(things)
      for (const [revision, then] of moments) {
        const snapshot = collection.asOf(revision)
        if (revision < collection.history.compacted) expect(snapshot).toBeUndefined()
        else expect(JSON.stringify(snapshot?.objects)).toBe(then)
      }
    }),
  )
})

test('A reader with a position sees each change once, or knows that it has missed some', () => {
  assert(
    property(array(nat(5), { maxLength: 50 }), nat(8), (pauses, capacity) => {
      const history = new History(capacity + 1)
      let position = 0
      let expected = 1
      let revision = 0
      for (const pause of pauses) {
        for (let i = 0; i < pause; i += 1)
          history.push({ revision: (revision += 1), type: 'ADDED', object: draft('a', 0) as never, previous: undefined })
        if (position < history.first) {
          expect(history.compacted).toBeGreaterThanOrEqual(expected)
          position = history.after(history.compacted)
          expected = history.compacted + 1
        }
        for (; position < history.end; position += 1) expect(history.at(position)?.revision).toBe(expected++)
      }
    }),
  )
})

test('After a compaction nothing from before it is served, whether something happened since or not', () => {
  const storage = new Storage(10)
  storage.create(things, draft('a', 1))
  const before = storage.revision
  storage.create({ ...things, plural: 'others' }, draft('x', 1))
  storage.compact()
  expect(storage.collection(things).asOf(before)).toBeUndefined()
  expect(storage.collection(things).history.compacted).toBe(storage.revision)
})

test('Also a kind that nobody has asked for yet has no past after a compaction', () => {
  const storage = new Storage(10)
  storage.create(things, draft('a', 1))
  storage.compact()
  expect(storage.collection({ ...things, plural: 'others' }).history.compacted).toBe(storage.revision)
})

test('What is stored cannot be changed by anybody', () => {
  const storage = new Storage(10)
  const stored = storage.create(things, draft('a', 1))
  expect(() => Object.assign(stored.metadata, { name: 'b' })).toThrow(TypeError)
})
