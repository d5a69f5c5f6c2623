import { afterEach, describe, expect, it } from 'vitest'
import { Nodes } from '../api/index.ts'
import { lists, stories, told, warnings } from './cache.fake.ts'
import { listOf, nodeAt, refusalOf } from './transport.fake.ts'

const { given, stopAll } = stories()
afterEach(stopAll)

describe('an informer', () => {
  it('lists, tells of all that is there, and watches on from there', async () => {
    const story = given([nodeAt('b', 5), nodeAt('a', 6)])
    expect(story.nodes.store.synced).toBe(false)
    await story.runtime.settle()
    expect(story.heard).toEqual(['added b@5', 'added a@6'])
    expect(story.nodes.store.synced).toBe(true)
    expect(story.nodes.store.get({ name: 'a' })).toEqual(nodeAt('a', 6))
    expect(story.transport.watching.request).toMatchObject({
      path: '/api/v1/nodes',
      query: { watch: '1', allowWatchBookmarks: 'true', resourceVersion: '10', timeoutSeconds: '450' },
    })
  })

  it('tells of each event once it is in the store', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.heard.length = 0
    story.nodes.subscribe(() => story.heard.push(`store has @${story.nodes.store.get({ name: 'a' })?.metadata?.resourceVersion}`))
    story.heard.length = 0
    story.transport.watching.send('MODIFIED', nodeAt('a', 11))
    story.transport.watching.send('DELETED', nodeAt('a', 12))
    await story.runtime.settle()
    expect(story.heard).toEqual(['updated a@11 was @5', 'store has @11', 'deleted a@12 was @11', 'store has @undefined'])
  })

  it('is shared by all who ask for the same view', () => {
    const { cache, nodes } = given()
    expect(cache.informer(Nodes)).toBe(nodes)
    expect(cache.informer(Nodes, { selector: 'x=y' })).not.toBe(nodes)
  })

  it('asks for its selector only', async () => {
    const { runtime, transport } = given([], { selector: 'kube-node.dev/class' })
    await runtime.settle()
    expect(transport.requests[0]?.query).toMatchObject({ labelSelector: 'kube-node.dev/class' })
    expect(transport.watching.request.query).toMatchObject({ labelSelector: 'kube-node.dev/class' })
  })

  it('tells who comes late of what is there, and of nothing twice', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    const late: string[] = []
    const subscription = story.nodes.subscribe(change => late.push(told(change)))
    expect(late).toEqual(['added a@5'])
    story.transport.watching.send('MODIFIED', nodeAt('a', 11))
    await story.runtime.settle()
    subscription[Symbol.dispose]()
    story.transport.watching.send('MODIFIED', nodeAt('a', 12))
    await story.runtime.settle()
    expect(late).toEqual(['added a@5', 'updated a@11 was @5'])
  })

  it('lets something else go first before each delivery, and tells late comers nothing twice even then', async () => {
    let go = (): void => undefined
    const labels: string[] = []
    const story = given([nodeAt('a', 5)], {
      yields: label =>
        new Promise(resolve => {
          labels.push(label)
          go = resolve
        }),
    })
    await story.runtime.settle()
    expect(story.nodes.store.list()).toHaveLength(1)
    expect(story.heard).toEqual([])
    const late: string[] = []
    story.nodes.subscribe(change => late.push(told(change)))
    go()
    await story.runtime.settle()
    expect(story.heard).toEqual(['added a@5'])
    expect(late).toEqual(['added a@5'])
    expect(labels).toEqual(['informer'])
  })

  it('goes on when a listener throws, and says so', async () => {
    const story = given([nodeAt('a', 5)])
    story.nodes.subscribe(() => {
      throw new Error('a bug')
    })
    await story.runtime.settle()
    story.transport.watching.send('MODIFIED', nodeAt('a', 11))
    await story.runtime.settle()
    expect(story.heard).toEqual(['added a@5', 'updated a@11 was @5'])
    expect(warnings(story)).toEqual(['error a listener for nodes failed', 'error a listener for nodes failed'])
  })

  it('starts at once when it is asked for while the cache runs', async () => {
    const story = given()
    await story.runtime.settle()
    const small = story.cache.informer(Nodes, { selector: 'kube-node.dev/class=small' })
    await story.runtime.settle()
    expect(small.store.synced).toBe(true)
    expect(story.transport.watches).toHaveLength(2)
  })

  it('hands out objects that nobody can change, in tests', async () => {
    const story = given([nodeAt('a', 5, { labels: { x: 'y' } })])
    await story.runtime.settle()
    const labels = story.nodes.store.get({ name: 'a' })?.metadata?.labels ?? {}
    expect(() => Object.assign(labels, { x: 'z' })).toThrow(TypeError)
  })
})

describe('paging', () => {
  it('reads 500 at a time', async () => {
    const pages = { first: listOf('10', [nodeAt('a', 5)], 'more'), last: listOf('10', [nodeAt('b', 6)]) }
    const story = given([], { answer: ({ query }) => (query?.continue === 'more' ? pages.last : pages.first) })
    await story.runtime.settle()
    expect(story.heard).toEqual(['added a@5', 'added b@6'])
    expect(lists(story).map(({ query }) => query)).toEqual([{ limit: '500' }, { limit: '500', continue: 'more' }])
  })

  it('begins again when the list expires in its middle, and shows nothing of the first half', async () => {
    let expired = false
    const story = given([], {
      answer: ({ query }) => {
        if (query?.continue === undefined) return listOf(expired ? '20' : '10', [nodeAt('a', expired ? 15 : 5)], 'more')
        if (expired) return listOf('20', [nodeAt('b', 16)])
        expired = true
        return refusalOf(410, 'Expired')
      },
    })
    await story.runtime.settle()
    expect(story.heard).toEqual(['added a@15', 'added b@16'])
    expect(warnings(story)).toEqual([])
  })
})
