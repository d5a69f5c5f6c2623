import { afterEach, describe, expect, it } from 'vitest'
import { Nodes, Pods, nameOf } from '../api/index.ts'
import { ApiError, TransportError } from './errors.ts'
import { lists, stories, warnings } from './cache.fake.ts'
import { answerOf, listOf, nodeAt, refusalOf, statusFor } from './transport.fake.ts'

const { given, stopAll } = stories()
afterEach(stopAll)

describe('when the watch ends', () => {
  it('watches on from the last event, without a new list', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.watching.send('MODIFIED', nodeAt('a', 11))
    await story.runtime.settle()
    story.transport.answer(() => listOf('11', []))
    story.transport.watching.end()
    await story.runtime.settle()
    expect(story.transport.watches).toHaveLength(2)
    expect(story.transport.watching.request.query?.resourceVersion).toBe('11')
    expect(lists(story)).toHaveLength(1)
    expect(warnings(story)).toEqual([])
  })

  it('watches on from the last bookmark, which is no change', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.watching.send('BOOKMARK', { kind: 'Node', apiVersion: 'v1', metadata: { resourceVersion: '40' } })
    await story.runtime.settle()
    story.transport.answer(() => listOf('40', []))
    story.transport.watching.end()
    await story.runtime.settle()
    expect(story.transport.watching.request.query?.resourceVersion).toBe('40')
    expect(story.heard).toEqual(['added a@5'])
  })

  it('does not open one watch after the other when each ends at once', async () => {
    const story = given()
    await story.runtime.settle()
    for (let i = 0; i < 4; i++) {
      story.transport.watching.end()
      await story.runtime.advance(1_200 * 2 ** i - 1)
      expect(story.transport.watches).toHaveLength(i + 1)
      await story.runtime.advance(1)
      expect(story.transport.watches).toHaveLength(i + 2)
    }
  })

  it('begins with a short wait again once a watch has told something', async () => {
    const story = given()
    await story.runtime.settle()
    for (let i = 0; i < 4; i++) {
      story.transport.watching.send('BOOKMARK', nodeAt('', 10))
      story.transport.watching.break()
      await story.runtime.advance(1_200)
      expect(story.transport.watches).toHaveLength(i + 2)
    }
  })

  it('comes back by itself after an outage, trying after 0.8 s to 30 s, and says so once', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    const refused = new TransportError('cannot reach https://a: connect ECONNREFUSED', { cause: undefined })
    const tries: number[] = []
    story.transport.answer(() => {
      tries.push(story.runtime.clock.monotonic())
      throw refused
    })
    story.transport.watching.break()
    await story.runtime.advance(120_000)
    const waits = tries.map((at, i) => at - (tries[i - 1] ?? 0))
    expect(waits.slice(0, 6)).toEqual([1_200, 2_400, 4_800, 9_600, 19_200, 22_500])
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
    expect(warnings(story)).toEqual([
      'warn cannot follow nodes: the connection broke; next try in 1 s',
      'warn cannot follow nodes: cannot reach https://a: connect ECONNREFUSED; next try in 2 s',
    ])

    story.transport.answer(() => listOf('10', []))
    await story.runtime.advance(30_000)
    story.transport.watching.send('MODIFIED', nodeAt('a', 11))
    await story.runtime.settle()
    expect(story.heard).toEqual(['added a@5', 'updated a@11 was @5'])
    expect(story.logged.at(-1)).toMatch(/^info following nodes again, after 2 min/)
  })

  it.each([
    ['503 on the next watch', new ApiError(503, { reason: 'ServiceUnavailable' }, 'watch')],
    ['a reset connection', new TransportError('ECONNRESET', { cause: undefined })],
  ])('goes on after %s', async (_, error) => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.refuseWatch(error)
    story.transport.watching.end()
    await story.runtime.advance(30_000)
    expect(story.transport.open).toBe(1)
    expect(story.transport.watching.request.query?.resourceVersion).toBe('10')
    expect(lists(story)).toHaveLength(1)
  })

  it('waits as long as the server asks for', async () => {
    const story = given()
    await story.runtime.settle()
    story.transport.refuseWatch(new ApiError(429, { reason: 'TooManyRequests' }, 'watch', 45_000))
    story.transport.watching.send('BOOKMARK', nodeAt('', 10))
    story.transport.watching.end()
    await story.runtime.advance(44_000)
    expect(story.transport.open).toBe(0)
    await story.runtime.advance(1_000)
    expect(story.transport.open).toBe(1)
  })

  it('leaks nothing when it is stopped during the wait', async () => {
    const story = given()
    await story.runtime.settle()
    story.transport.watching.break()
    await story.runtime.advance(100)
    expect(story.transport.open).toBe(0)
    await story.stop()
    await story.runtime.advance(60_000)
    expect(story.transport.open).toBe(0)
    expect(story.transport.watches).toHaveLength(1)
  })

  it('opens a silent watch again, from the last version, after 3 minutes', async () => {
    const story = given()
    await story.runtime.settle()
    await story.runtime.advance(120_000)
    story.transport.watching.send('BOOKMARK', nodeAt('', 40))
    await story.runtime.settle()
    story.transport.answer(() => listOf('40', []))
    await story.runtime.advance(179_999)
    expect(story.transport.watches).toHaveLength(1)
    await story.runtime.advance(1)
    expect(story.transport.watches).toHaveLength(2)
    expect(story.transport.watching.request.query?.resourceVersion).toBe('40')
    expect(story.transport.open).toBe(1)
    expect(warnings(story)).toEqual([])
  })

  it.each([
    [401, 'Unauthorized', 'check the user or token of the kubeconfig'],
    [403, 'Forbidden', 'grant this identity the verbs get, list and watch on nodes'],
    [404, 'NotFound', 'install its CustomResourceDefinition'],
  ])('says what to do about %d, once, and keeps trying', async (code, reason, advice) => {
    const story = given([], { answer: () => refusalOf(code, reason) })
    await story.runtime.advance(100_000)
    expect(warnings(story)).toHaveLength(1)
    expect(warnings(story)[0]).toContain(advice)
    expect(lists(story).length).toBeGreaterThan(5)
    await story.runtime.advance(300_000)
    expect(warnings(story)).toHaveLength(2)
    story.transport.answer(() => listOf('10', [nodeAt('a', 5)]))
    await story.runtime.advance(30_000)
    expect(story.heard).toEqual(['added a@5'])
  })
})

describe('when the watch reports an error', () => {
  it('lists again when it fell too far behind, at least as new as all it knows, and tells only what changed', async () => {
    const story = given([nodeAt('same', 5), nodeAt('gone', 6), nodeAt('replaced', 7)])
    await story.runtime.settle()
    story.heard.length = 0
    story.transport.answer(() => listOf('50', [nodeAt('same', 5), nodeAt('replaced', 30, { uid: 'another' }), nodeAt('new', 31)]))
    story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.settle()
    expect(story.heard).toEqual(['deleted gone@6 was @6', 'deleted replaced@7 was @7', 'added replaced@30', 'added new@31'])
    expect(lists(story)[1]?.query).toEqual({ limit: '500', resourceVersion: '10', resourceVersionMatch: 'NotOlderThan' })
    expect(story.transport.watching.request.query?.resourceVersion).toBe('50')
    expect(warnings(story)).toEqual([])
  })

  it('lists again when a watch from that version is refused as too old', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.refuseWatch(new ApiError(410, { reason: 'Expired' }, 'watch'))
    story.transport.answer(() => listOf('50', [nodeAt('a', 45)]))
    story.transport.watching.end()
    await story.runtime.advance(5_000)
    expect(story.heard).toEqual(['added a@5', 'updated a@45 was @5'])
  })

  it('does not list without pause when every watch is too old', async () => {
    const story = given()
    await story.runtime.settle()
    for (let i = 0; i < 10; i++) story.transport.refuseWatch(new ApiError(410, { reason: 'Expired' }, 'watch'))
    story.transport.watching.end()
    await story.runtime.advance(10_000)
    expect(lists(story).length).toBeLessThan(6)
  })

  it("asks the quorum when the server's cache is behind what we know", async () => {
    const story = given()
    await story.runtime.settle()
    story.transport.answer(({ query }) =>
      query?.resourceVersion === undefined
        ? listOf('50', [nodeAt('a', 45)])
        : refusalOf(504, 'Timeout', { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge' }] }),
    )
    story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.advance(3_000)
    expect(story.heard).toEqual(['added a@45'])
  })

  it('waits and watches on after any other error, and says so', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.watching.send('ERROR', statusFor(500, 'InternalError'))
    await story.runtime.settle()
    expect(story.transport.open).toBe(0)
    expect(warnings(story)).toEqual(['warn cannot follow nodes: watch /api/v1/nodes: InternalError, says the server; next try in 1 s'])
    await story.runtime.advance(2_000)
    expect(story.transport.watching.request.query?.resourceVersion).toBe('10')
    expect(lists(story)).toHaveLength(1)
  })
})

describe('a cluster that goes back in time', () => {
  it('is noticed by the list, told before anything that follows from it, and what we knew is dropped', async () => {
    const story = given([nodeAt('a', 5), nodeAt('b', 9)])
    await story.runtime.settle()
    story.transport.answer(() => listOf('7', [nodeAt('a', 5)]))
    story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.settle()
    expect(story.regressions).toEqual(['nodes after 2 changes'])
    expect(story.heard.slice(2)).toEqual(['deleted b@9 was @9', 'updated a@5 was @5'])
    expect(story.transport.watching.request.query?.resourceVersion).toBe('7')
    expect(warnings(story)[0]).toContain('gone back in time: nodes are at version 7, we have seen 10')
  })

  it('is told to who asks later too: who comes to lead must know what was seen while standing by', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    const late: string[] = []
    story.cache.onRegression(({ resource }) => late.push(`early ${resource.plural}`))
    expect(late).toEqual([])
    story.transport.answer(() => listOf('3', []))
    story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.settle()
    story.cache.onRegression(({ resource }) => late.push(`late ${resource.plural}`))
    expect(late).toEqual(['early nodes', 'late nodes'])
  })

  it('is noticed before the next watch, which would leave out what happens up to the version we know', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.answer(() => listOf('7', []))
    story.transport.watching.end()
    await story.runtime.advance(5_000)
    expect(story.regressions).toHaveLength(1)
    expect(story.nodes.store.list()).toEqual([])
    expect(story.transport.watching.request.query?.resourceVersion).toBe('7')
  })

  it('is noticed when its versions were bumped, as etcdutl does: an object is as it was before what we have seen', async () => {
    const story = given([nodeAt('a', 5), nodeAt('b', 9)])
    await story.runtime.settle()
    story.transport.watching.send('MODIFIED', nodeAt('a', 12))
    await story.runtime.settle()
    story.transport.answer(() => listOf('1000000000', [nodeAt('a', 5), nodeAt('b', 9)]))
    story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.settle()
    expect(story.regressions).toHaveLength(1)
    expect(story.nodes.store.get({ name: 'a' })?.metadata?.resourceVersion).toBe('5')
    expect(warnings(story)[0]).toContain('gone back in time: nodes are as they were before what we have seen')
  })

  it('is noticed when it lost a write of ours that the watch had not shown yet', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    story.transport.answer(() => answerOf(200, nodeAt('a', 15)))
    await story.cache.client.patch(Nodes, { name: 'a' }, { merge: {} })
    story.transport.answer(() => listOf('12', [nodeAt('a', 5)]))
    story.transport.watching.break()
    await story.runtime.advance(5_000)
    expect(story.regressions).toHaveLength(1)
    expect(story.nodes.store.get({ name: 'a' })?.metadata?.resourceVersion).toBe('5')
  })

  describe('is noticed when one lives that we have deleted, though the backup is of a later version than all that we have seen:', () => {
    const deleted = async (): Promise<ReturnType<typeof given>> => {
      const story = given([nodeAt('a', 5)])
      await story.runtime.settle()
      story.transport.answer(() => answerOf(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' }))
      await story.cache.client.delete(Nodes, { name: 'a' }, { uid: 'uid-a' })
      story.transport.watching.send('DELETED', nodeAt('a', 13))
      await story.runtime.settle()
      story.transport.answer(() => listOf('30', [nodeAt('a', 22)]))
      return story
    }
    const seen = ({ regressions, nodes }: ReturnType<typeof given>): readonly unknown[] => [
      regressions.length,
      nodes.store.get({ name: 'a' })?.metadata?.resourceVersion,
    ]

    it('in a list', async () => {
      const story = await deleted()
      story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
      await story.runtime.settle()
      expect(seen(story)).toEqual([1, '22'])
    })

    it('in the watch', async () => {
      const story = await deleted()
      story.transport.watching.send('MODIFIED', nodeAt('a', 22))
      await story.runtime.settle()
      expect(seen(story)).toEqual([1, '22'])
    })

    it('in the watch, though it is gone once more when the list comes that follows', async () => {
      const story = await deleted()
      story.transport.answer(() => listOf('31', []))
      story.transport.watching.send('MODIFIED', nodeAt('a', 22))
      await story.runtime.settle()
      expect(seen(story)).toEqual([1, undefined])
      story.transport.watching.send('ERROR', statusFor(410, 'Expired'))
      await story.runtime.settle()
      expect(seen(story)).toEqual([1, undefined])
    })

    it('but not by one that has left the view of a selector, came back and was deleted', async () => {
      const labels = { class: 'small' }
      const story = given([nodeAt('a', 5, { labels })], { selector: 'class=small' })
      await story.runtime.settle()
      story.transport.answer(() => answerOf(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' }))
      await story.cache.client.delete(Nodes, { name: 'a' }, { uid: 'uid-a' })
      // All of it before the deletion, and told after its answer.
      story.transport.watching.send('DELETED', nodeAt('a', 11, { labels }))
      story.transport.watching.send('ADDED', nodeAt('a', 12, { labels }))
      story.transport.watching.send('DELETED', nodeAt('a', 13, { labels }))
      await story.runtime.settle()
      expect([story.regressions, lists(story).length]).toEqual([[], 1])
    })

    it('in a list that was asked for after the deletion, of which no watch has told', async () => {
      const story = given([nodeAt('a', 5)])
      await story.runtime.settle()
      story.transport.answer(() => answerOf(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' }))
      await story.cache.client.delete(Nodes, { name: 'a' }, { uid: 'uid-a' })
      story.transport.answer(() => listOf('30', [nodeAt('a', 22)]))
      await story.cache.refresh(new AbortController().signal)
      expect(seen(story)).toEqual([1, '22'])
    })
  })

  it('is believed by every kind when one has noticed it: the versions of another may have overtaken what it knew', async () => {
    let restored = false
    const story = given([], {
      answer: ({ path }) => {
        if (path === '/api/v1/pods') return restored ? listOf('1009', []) : listOf('1020', [])
        return restored ? listOf('1015', [nodeAt('a', 995), nodeAt('b', 999)]) : listOf('1010', [nodeAt('a', 995), nodeAt('b', 999)])
      },
    })
    story.cache.informer(Pods)
    await story.runtime.settle()
    const [watchOfNodes, watchOfPods] = story.transport.watches
    watchOfNodes?.send('DELETED', nodeAt('b', 1_011))
    watchOfNodes?.send('MODIFIED', nodeAt('a', 1_012))
    await story.runtime.settle()
    expect(story.nodes.store.list().map(nameOf)).toEqual(['a'])
    restored = true
    watchOfPods?.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.settle()
    expect(story.nodes.store.list().map(({ metadata }) => `${metadata?.name}@${metadata?.resourceVersion}`)).toEqual(['a@995', 'b@999'])
    const open = story.transport.watches.filter(({ closed }) => !closed)
    expect(open.map(({ request }) => `${request.path}@${request.query?.resourceVersion}`).toSorted()).toEqual([
      '/api/v1/nodes@1015',
      '/api/v1/pods@1009',
    ])
  })

  it('ends the watch that a refresh overtakes: what it still brings is of a past that is no more', async () => {
    const story = given([nodeAt('a', 5)])
    await story.runtime.settle()
    const before = story.transport.watching
    story.transport.answer(() => listOf('7', [nodeAt('a', 3)]))
    await story.cache.refresh(new AbortController().signal)
    before.send('ADDED', nodeAt('b', 12))
    await story.runtime.settle()
    expect(story.nodes.store.list().map(({ metadata }) => `${metadata?.name}@${metadata?.resourceVersion}`)).toEqual(['a@3'])
    expect([before.closed, story.transport.watching.request.query?.resourceVersion]).toEqual([true, '7'])
    expect(story.logged.filter(line => line.startsWith('warn'))).toEqual([])
  })

  it('is read again until a list succeeds, while another kind went back in time', async () => {
    let restored = false
    let broken = true
    const story = given([], {
      answer: ({ path, query }) => {
        if (path === '/api/v1/pods') return listOf(restored ? '9' : '20', [])
        if (!restored) return listOf('10', [])
        if (broken) throw new TransportError('the connection broke', { cause: undefined })
        expect(query?.resourceVersion).toBeUndefined()
        return listOf('15', [nodeAt('a', 5)])
      },
    })
    story.cache.informer(Pods)
    await story.runtime.settle()
    const { signal } = new AbortController()
    expect(story.cache.settled(signal)).toBeUndefined()
    restored = true
    story.transport.watches[1]?.send('ERROR', statusFor(410, 'Expired'))
    await story.runtime.advance(5_000)
    expect(story.nodes.store.list()).toEqual([])
    let settled = false
    void story.cache.settled(signal)?.then(() => (settled = true))
    await story.runtime.settle()
    expect(settled).toBe(false)
    broken = false
    await story.runtime.advance(60_000)
    expect(settled).toBe(true)
    expect(story.cache.settled(signal)).toBeUndefined()
    expect(story.nodes.store.list().map(nameOf)).toEqual(['a'])
  })
})
