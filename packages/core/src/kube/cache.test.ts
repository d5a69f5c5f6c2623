import { afterEach, describe, expect, it } from 'vitest'
import { Nodes } from '../api/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { type CacheOptions, createCache } from './cache.ts'
import { lists, stories, warnings } from './cache.fake.ts'
import { answerOf, fakeTransport, listOf, nodeAt, refusalOf, statusFor } from './transport.fake.ts'

const { given, stopAll } = stories()
afterEach(stopAll)

describe('writes of our own', () => {
  it('are in the store before their promise resolves, and are told once', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.answer(() => answerOf(200, nodeAt('a', 15)))
    const written = story.cache.client.patch(Nodes, { name: 'a' }, { merge: {} })
    const seen = await written.then(() => story.nodes.store.get({ name: 'a' })?.metadata?.resourceVersion)
    expect(seen).toBe('15')
    story.transport.watching.send('MODIFIED', nodeAt('a', 12))
    story.transport.watching.send('MODIFIED', nodeAt('a', 15))
    story.transport.watching.send('MODIFIED', nodeAt('a', 16))
    await story.runtime.settle()
    expect(story.heard).toEqual(['added a@5', 'updated a@15 was @5', 'updated a@16 was @15'])
  })

  it('are what the next list must be as new as', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.answer(() => answerOf(200, nodeAt('a', 15)))
    await story.cache.client.patch(Nodes, { name: 'a' }, { merge: {} })
    story.transport.answer(() => listOf('15', [nodeAt('a', 15)]))
    story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.settle()
    expect(lists(story).at(-1)?.query).toMatchObject({ resourceVersion: '15' })
  })

  it('end an object at once, and events from its past raise nothing', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.answer(() => answerOf(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' }))
    await story.cache.client.delete(Nodes, { name: 'a' }, { uid: 'uid-a' })
    expect(story.nodes.store.list()).toEqual([])
    story.transport.watching.send('MODIFIED', nodeAt('a', 12))
    story.transport.watching.send('DELETED', nodeAt('a', 13))
    story.transport.watching.send('ADDED', nodeAt('a', 14, { uid: 'another' }))
    await story.runtime.settle()
    expect(story.heard).toEqual(['added a@5', 'deleted a@5 was @5', 'added a@14'])
  })

  it('enter only the views that they belong to', async () => {
    const story = given([], { selector: 'class=small' })
    const all = story.cache.informer(Nodes)
    await story.runtime.settle()
    story.transport.answer(() => answerOf(201, nodeAt('big', 15, { labels: { class: 'big' } })))
    await story.cache.client.create(Nodes, { metadata: { name: 'big' } })
    story.transport.answer(() => answerOf(201, nodeAt('small', 16, { labels: { class: 'small' } })))
    await story.cache.client.create(Nodes, { metadata: { name: 'small' } })
    expect(all.store.list()).toHaveLength(2)
    expect(story.heard).toEqual(['added small@16'])
  })
})

describe('the cache', () => {
  it('is synced when every listener of every informer has heard of the first list', async () => {
    let go = (): void => undefined
    const story = given([nodeAt('a', 5)], {
      yields: () =>
        new Promise(resolve => {
          go = resolve
        }),
    })
    let synced = false
    const signal = new AbortController().signal
    const wait = story.cache.synced(signal).then(() => (synced = true))
    await story.runtime.settle()
    expect([story.nodes.store.synced, synced]).toEqual([true, false])
    go()
    await wait
    expect(story.heard).toEqual(['added a@5'])
  })

  it('is synced by empty lists too; who does not want to wait stops by a signal', async () => {
    const story = given()
    await story.cache.synced(new AbortController().signal)
    story.transport.answer(() => new Promise(() => undefined))
    story.cache.informer(Nodes, { selector: 'x' })
    const stop = new AbortController()
    const wait = story.cache.synced(stop.signal)
    stop.abort(new Error('enough'))
    await expect(wait).rejects.toThrow('enough')
  })

  it('is refreshed by a quorum read of everything, repeated until it succeeds, while the watch goes on', async () => {
    const story = given([nodeAt('a', 5), nodeAt('b', 6)])
    await story.runtime.settle()
    story.heard.length = 0
    story.transport.answer(() => refusalOf(503, 'ServiceUnavailable'))
    const done = story.cache.refresh(new AbortController().signal)
    await story.runtime.advance(500)
    story.transport.answer(() => listOf('20', [nodeAt('a', 15)]))
    await story.runtime.advance(1_000)
    await done
    expect(story.heard).toEqual(['deleted b@6 was @6', 'updated a@15 was @5'])
    expect(lists(story).at(-1)?.query).toEqual({ limit: '500' })
    // The watch still tells of what the refresh has shown already.
    story.transport.watching.send('MODIFIED', nodeAt('b', 12))
    story.transport.watching.send('DELETED', nodeAt('b', 13))
    story.transport.watching.send('MODIFIED', nodeAt('a', 15))
    story.transport.watching.send('MODIFIED', nodeAt('a', 21))
    await story.runtime.settle()
    expect(story.heard.slice(2)).toEqual(['updated a@21 was @15'])
    expect(story.transport.watches).toHaveLength(1)
  })

  it('gives up a refresh by its signal alone', async () => {
    const story = given()
    await story.runtime.settle()
    story.transport.answer(() => refusalOf(403, 'Forbidden'))
    const stop = new AbortController()
    const refreshed = story.cache.refresh(stop.signal)
    await story.runtime.advance(200_000)
    stop.abort(new Error('enough'))
    await expect(refreshed).rejects.toThrow('enough')
  })

  it('runs once at a time, and not at all after its signal', async () => {
    const { cache } = given()
    await expect(cache.run(new AbortController().signal)).rejects.toThrow('runs already')
    const other = createCache({ transport: fakeTransport(), runtime: manualRuntime(), log: () => undefined })
    await other.run(AbortSignal.abort())
  })

  it('ends with its signal while a list is under way', async () => {
    const story = given([], { answer: () => new Promise(() => undefined) })
    await story.runtime.settle()
    await story.stop()
    expect(warnings(story)).toEqual([])
  })

  it('counts what it asks for', async () => {
    const counted = new Map<string, number>()
    const metrics: CacheOptions['metrics'] = {
      counter: name => ({ add: (amount, labels) => void counted.set(`${name} ${Object.values(labels ?? {}).join(' ')}`, amount) }),
    }
    const story = given([], { metrics })
    await story.runtime.settle()
    expect([...counted.keys()]).toEqual([
      'reflector_lists_total nodes',
      'rest_client_requests_total GET 200',
      'reflector_watches_total nodes',
    ])
  })
})
