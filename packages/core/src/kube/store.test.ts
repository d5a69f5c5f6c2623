import { describe, expect, it } from 'vitest'
import type { Node } from '../api/index.ts'
import type { Change } from './cache.types.ts'
import { nodeAt } from './transport.fake.ts'
import { createStore } from './store.ts'

/** `added a@5`: what happened, to whom, at which version. */
const told = (changes: readonly Change<Node>[] | undefined): string[] | undefined =>
  changes?.map(({ type, object }) => `${type} ${object.metadata?.name}@${object.metadata?.resourceVersion}`)

const holding = (...nodes: Node[]): ReturnType<typeof createStore<Node>> => {
  const store = createStore<Node>({ frozen: true })
  store.enterList(nodes, '10')
  return store
}

const names = (store: { list(): readonly Node[] }): (string | undefined)[] => store.list().map(node => node.metadata?.name)

describe('a store that follows lists and watches', () => {
  it('is synced by its first list, also by an empty one', () => {
    const store = createStore<Node>()
    expect(store.synced).toBe(false)
    expect(store.enterList([], '10')).toEqual([])
    expect(store.synced).toBe(true)
  })

  it('tells of a list in its order', () => {
    expect(told(createStore<Node>().enterList([nodeAt('b', 5), nodeAt('a', 7)], '10'))).toEqual(['added b@5', 'added a@7'])
  })

  it('tells only what a later list has changed', () => {
    const store = holding(nodeAt('same', 5), nodeAt('changed', 6), nodeAt('gone', 7))
    const changes = store.enterList([nodeAt('same', 5), nodeAt('changed', 12), nodeAt('new', 13)], '20')
    expect(told(changes)).toEqual(['deleted gone@7', 'updated changed@12', 'added new@13'])
  })

  it('tells of an object that was replaced under its name between two lists as deleted and added', () => {
    const store = holding(nodeAt('a', 5))
    const changes = store.enterList([nodeAt('a', 12, { uid: 'another' })], '20')
    expect(changes.map(({ type, object }) => [type, object.metadata?.uid])).toEqual([
      ['deleted', 'uid-a'],
      ['added', 'another'],
    ])
    expect(store.get({ name: 'a' })?.metadata?.uid).toBe('another')
  })

  it('tells of events, with what was there before', () => {
    const store = holding(nodeAt('a', 5))
    expect(told(store.enterEvent('ADDED', nodeAt('b', 11)))).toEqual(['added b@11'])
    const [change] = store.enterEvent('MODIFIED', nodeAt('a', 12)) ?? []
    expect(change).toMatchObject({ type: 'updated', old: nodeAt('a', 5), object: nodeAt('a', 12) })
    expect(store.enterEvent('DELETED', nodeAt('a', 13))).toMatchObject([{ type: 'deleted', old: nodeAt('a', 12), object: nodeAt('a', 13) }])
    expect(names(store)).toEqual(['b'])
    expect(store.progress).toBe('13')
  })

  it('takes no notice of an event that a list in between has shown already', () => {
    const store = holding(nodeAt('a', 5))
    store.enterList([], '20')
    expect(store.enterEvent('MODIFIED', nodeAt('a', 15))).toEqual([])
    expect(store.enterEvent('DELETED', nodeAt('a', 16))).toEqual([])
    expect(names(store)).toEqual([])
  })

  it('takes no notice of a list that the watch has overtaken', () => {
    const store = holding(nodeAt('a', 5))
    store.enterEvent('DELETED', nodeAt('a', 30))
    expect(store.enterList([nodeAt('a', 5)], '25')).toEqual([])
    expect(names(store)).toEqual([])
  })

  it('remembers by what the watch has shown, however many were deleted since', () => {
    const many = Array.from({ length: 1_500 }, (_, i) => nodeAt(`n-${i}`, 5))
    const store = holding(...many)
    for (const [i, node] of many.entries()) store.enterEvent('DELETED', nodeAt(node.metadata?.name ?? '', 100 + i))
    expect(store.enterList([nodeAt('n-0', 5)], '50')).toEqual([])
    expect(store.enterWrite(nodeAt('n-0', 99))).toEqual([])
    expect(names(store)).toEqual([])
  })

  it('does not keep managedFields, and leaves the object that came as it is', () => {
    const came = Object.freeze({ ...nodeAt('a', 5), metadata: Object.freeze({ ...nodeAt('a', 5).metadata, managedFields: [{}] }) })
    const store = holding(came)
    expect(store.get({ name: 'a' })).toEqual(nodeAt('a', 5))
    expect(came.metadata.managedFields).toHaveLength(1)
  })

  it('hands out frozen objects in tests', () => {
    expect(Object.isFrozen(holding(nodeAt('a', 5, { labels: { x: 'y' } })).get({ name: 'a' })?.metadata?.labels)).toBe(true)
  })

  it('tells objects of one name in two namespaces apart', () => {
    const store = holding(nodeAt('a', 5, { namespace: 'x', uid: '1' }), nodeAt('a', 6, { namespace: 'y', uid: '2' }))
    expect(store.get({ namespace: 'y', name: 'a' })?.metadata?.uid).toBe('2')
    expect(store.get({ name: 'a' })).toBeUndefined()
  })

  it('answers the same array until something changes', () => {
    const store = holding(nodeAt('a', 5))
    const before = store.list()
    expect(store.list()).toBe(before)
    store.enterEvent('ADDED', nodeAt('b', 11))
    expect(store.list()).not.toBe(before)
    expect(before).toHaveLength(1)
  })

  it('says what is wrong with an object that has no identity', () => {
    const nameless = { kind: 'Node', metadata: { name: 'a' } }
    expect(() => holding().enterEvent('ADDED', nameless)).toThrow(/Node came without name, uid or resourceVersion/)
  })
})

describe('a store that our own writes enter', () => {
  it('has the answer at once, and takes no notice of the event that repeats it or of older ones', () => {
    const store = holding(nodeAt('a', 5))
    expect(told(store.enterWrite(nodeAt('a', 15)))).toEqual(['updated a@15'])
    expect(store.enterEvent('MODIFIED', nodeAt('a', 12))).toEqual([])
    expect(store.enterEvent('MODIFIED', nodeAt('a', 15))).toEqual([])
    expect(told(store.enterEvent('MODIFIED', nodeAt('a', 16)))).toEqual(['updated a@16'])
  })

  it('takes no notice of an answer that comes after news of later writes', () => {
    const store = holding(nodeAt('a', 5))
    store.enterEvent('MODIFIED', nodeAt('a', 16))
    expect(store.enterWrite(nodeAt('a', 15))).toEqual([])
    expect(store.get({ name: 'a' })).toEqual(nodeAt('a', 16))
  })

  it('watches on from where the watch is: others may have written in between', () => {
    const store = holding(nodeAt('a', 5))
    store.enterWrite(nodeAt('a', 15))
    expect(store.progress).toBe('10')
    expect(store.newest).toBe('15')
    expect(told(store.enterEvent('ADDED', nodeAt('b', 12)))).toEqual(['added b@12'])
  })

  it('keeps what it wrote when a list is too old to show it', () => {
    const store = holding()
    store.enterWrite(nodeAt('a', 15))
    expect(store.enterList([], '14')).toEqual([])
    expect(names(store)).toEqual(['a'])
    expect(told(store.enterList([], '15'))).toEqual(['deleted a@15'])
  })

  it('does not bring back what the watch has shown as deleted, when the answer to an earlier write comes late', () => {
    const store = holding(nodeAt('a', 5))
    store.enterEvent('DELETED', nodeAt('a', 20))
    expect(store.enterWrite(nodeAt('a', 18))).toEqual([])
    expect(names(store)).toEqual([])
  })

  it('forgets at once what our delete has removed, and no late event brings it back', () => {
    const store = holding(nodeAt('a', 5))
    expect(told(store.enterDelete({ name: 'a' }, 'uid-a'))).toEqual(['deleted a@5'])
    expect(store.enterEvent('MODIFIED', nodeAt('a', 12))).toEqual([])
    expect(store.enterWrite(nodeAt('a', 13))).toEqual([])
    expect(store.enterList([nodeAt('a', 12)], '13')).toEqual([])
    expect(store.enterEvent('DELETED', nodeAt('a', 14))).toEqual([])
    expect(names(store)).toEqual([])
  })

  it('lets another object have the name of one that we deleted', () => {
    const store = holding(nodeAt('a', 5))
    store.enterDelete({ name: 'a' }, 'uid-a')
    expect(told(store.enterEvent('ADDED', nodeAt('a', 17, { uid: 'another' })))).toEqual(['added a@17'])
    expect(store.enterDelete({ name: 'a' }, 'uid-a')).toEqual([])
    expect(names(store)).toEqual(['a'])
  })

  it('knows that an object is gone when we could create another of its name', () => {
    const store = holding(nodeAt('a', 5))
    expect(told(store.enterWrite(nodeAt('a', 14, { uid: 'another' })))).toEqual(['deleted a@5', 'added a@14'])
    expect(store.enterEvent('MODIFIED', nodeAt('a', 12))).toEqual([])
    expect(store.enterEvent('DELETED', nodeAt('a', 13))).toEqual([])
    expect(names(store)).toEqual(['a'])
  })

  it('lets the one before rest when the one after it under its name has gone too', () => {
    const store = holding(nodeAt('a', 5))
    store.enterWrite(nodeAt('a', 20, { uid: 'another' }))
    store.enterDelete({ name: 'a' }, 'another')
    expect(store.enterEvent('MODIFIED', nodeAt('a', 15))).toEqual([])
    expect(store.enterEvent('DELETED', nodeAt('a', 16))).toEqual([])
    expect(names(store)).toEqual([])
  })

  it('lets go of an object that a list shows to be replaced, also when we deleted the one that replaced it', () => {
    const store = holding(nodeAt('a', 5))
    store.enterDelete({ name: 'a' }, 'another')
    expect(told(store.enterList([nodeAt('a', 12, { uid: 'another' })], '15'))).toEqual(['deleted a@5'])
  })

  it('holds only what its selector matches, and an object that leaves by our own write stays out', () => {
    const store = createStore<Node>({ matches: ({ metadata }) => metadata?.labels?.class === 'small' })
    store.enterList([nodeAt('a', 5, { labels: { class: 'small' } })], '10')
    expect(store.enterWrite(nodeAt('b', 12, { labels: { class: 'big' } }))).toEqual([])
    expect(told(store.enterWrite(nodeAt('a', 15, { labels: {} })))).toEqual(['deleted a@15'])
    expect(store.enterEvent('MODIFIED', nodeAt('a', 14, { labels: { class: 'small' } }))).toEqual([])
    expect(store.enterEvent('DELETED', nodeAt('a', 15))).toEqual([])
    expect(told(store.enterEvent('ADDED', nodeAt('a', 18, { labels: { class: 'small' } })))).toEqual(['added a@18'])
  })

  it('knows a list that contradicts what was seen, though versions went on counting', () => {
    const store = holding(nodeAt('a', 5), nodeAt('b', 9))
    store.enterEvent('DELETED', nodeAt('b', 12))
    store.enterWrite(nodeAt('a', 40))
    expect(store.contradicts([nodeAt('a', 40), nodeAt('new', 35)], '50', none)).toBe(false)
    // Read before our own write.
    expect(store.contradicts([nodeAt('a', 5)], '30', none)).toBe(false)
    expect(store.contradicts([nodeAt('a', 5, { uid: 'another' })], '50', none)).toBe(false)
    expect(store.contradicts([nodeAt('a', 5)], '50', none)).toBe(true)
    expect(store.contradicts([nodeAt('a', 40), nodeAt('b', 9)], '50', none)).toBe(true)
  })

  it('knows a list in which one lives that was deleted', () => {
    const store = holding(nodeAt('a', 5), nodeAt('b', 6))
    store.enterDelete({ name: 'a' }, 'uid-a')
    // From before its end, for all that is known; unless the list was asked for afterwards.
    expect(store.contradicts([nodeAt('a', 7)], '8', none)).toBe(false)
    expect([...store.gone]).toEqual(['uid-a'])
    expect(store.contradicts([nodeAt('a', 5)], '8', store.gone)).toBe(true)
    store.enterEvent('DELETED', nodeAt('a', 9))
    store.enterEvent('DELETED', nodeAt('b', 10))
    expect(store.contradicts([nodeAt('a', 7)], '8', none)).toBe(false)
    expect(store.contradicts([nodeAt('a', 12)], '20', none)).toBe(true)
    // One that only left what is looked at may be back.
    expect(store.contradicts([nodeAt('b', 12)], '20', none)).toBe(false)
  })

  it('drops everything for a cluster that has gone back in time', () => {
    const store = holding(nodeAt('kept', 5), nodeAt('lost', 9))
    store.enterDelete({ name: 'undead' }, 'uid-undead')
    const changes = store.replaceAll([nodeAt('kept', 5), nodeAt('undead', 3)], '6')
    expect(told(changes)).toEqual(['deleted lost@9', 'updated kept@5', 'added undead@3'])
    expect(store.newest).toBe('6')
    expect(told(store.enterEvent('MODIFIED', nodeAt('undead', 7)))).toEqual(['updated undead@7'])
  })
})

const none: ReadonlySet<string> = new Set()

describe('indexes', () => {
  const byTier = (node: Node): readonly string[] => node.metadata?.labels?.tier?.split('.') ?? []
  const inTier = (name: string, version: number, tier: string): Node => nodeAt(name, version, { labels: { tier } })

  it('file objects that were there before and follow each change', () => {
    const store = holding(inTier('a', 5, 'web'), inTier('b', 6, 'db'))
    store.addIndex('tier', byTier)
    expect(names({ list: () => store.by('tier', 'web') })).toEqual(['a'])
    store.enterEvent('MODIFIED', inTier('b', 12, 'web.db'))
    expect(names({ list: () => store.by('tier', 'web') })).toEqual(['a', 'b'])
    expect(store.by('tier', 'db')).toEqual([inTier('b', 12, 'web.db')])
    store.enterEvent('MODIFIED', inTier('b', 13, 'web'))
    expect(store.by('tier', 'db')).toEqual([])
    store.enterEvent('DELETED', inTier('a', 14, 'web'))
    expect(store.by('tier', 'web')).toEqual([inTier('b', 13, 'web')])
  })

  it('are told apart by name, and an unknown one is an error and not an empty answer', () => {
    const store = holding()
    store.addIndex('tier', byTier)
    store.addIndex('tier', byTier)
    expect(() => store.addIndex('tier', () => [])).toThrow(/exists already/)
    expect(() => store.by('owner', 'x')).toThrow(/no index "owner"/)
  })

  it('leave out an object that their function fails on, and say so', () => {
    const failures: string[] = []
    const store = createStore<Node>({ onIndexError: index => failures.push(index) })
    store.addIndex('tier', ({ metadata }) => [String(metadata?.labels?.tier?.length ?? fail())])
    store.enterList([inTier('a', 5, 'web'), nodeAt('b', 6)], '10')
    expect(store.by('tier', '3')).toHaveLength(1)
    expect(names(store)).toEqual(['a', 'b'])
    expect(failures).toEqual(['tier'])
  })
})

const fail = (): never => {
  throw new Error('no tier')
}
