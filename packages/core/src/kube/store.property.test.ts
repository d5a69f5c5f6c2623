import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Node } from '../api/index.ts'
import type { Change } from './cache.types.ts'
import { type LocalStore, createStore } from './store.ts'
import { nodeAt } from './transport.fake.ts'
import { compareVersions } from './version.ts'

/** A cluster with its history, a watch that lags behind it, and answers and lists that come whenever they come. */
interface World {
  readonly store: LocalStore<Node>
  readonly objects: Map<string, Node>
  readonly history: { readonly version: number; readonly before: Node | undefined; readonly after: Node | undefined }[]
  /** Answers and lists on their way, to arrive in any order. */
  readonly under: (() => readonly Change<Node>[])[]
  version: number
  /** The watch has told everything up to this version. */
  watched: number
}

type Step =
  | { readonly do: 'write'; readonly name: string; readonly ours: boolean; readonly small: boolean }
  | { readonly do: 'delete'; readonly name: string; readonly ours: boolean }
  | { readonly do: 'arrive'; readonly which: number }
  | { readonly do: 'watch' | 'bookmark' | 'list' | 'rewatch' }

const names = ['a', 'b', 'c']
const whose = { name: fc.constantFrom(...names), ours: fc.boolean() }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), ...whose, small: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), ...whose }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('arrive' as const), which: fc.nat(9) }) },
  { weight: 6, arbitrary: fc.constant({ do: 'watch' as const }) },
  { weight: 3, arbitrary: fc.constantFrom({ do: 'bookmark' as const }, { do: 'list' as const }, { do: 'rewatch' as const }) },
)

const isSmall = (node: Node | undefined): boolean => node?.metadata?.labels?.class === 'small'

const worldOf = (matches: (node: Node) => boolean, isPart: boolean): World => {
  const store = createStore<Node>({ matches, isPart, frozen: true })
  store.enterList([], '1')
  return { store, objects: new Map(), history: [], under: [], version: 1, watched: 1 }
}

const record = (world: World, name: string, after: Node | undefined): void => {
  world.history.push({ version: world.version, before: world.objects.get(name), after })
  if (after === undefined) world.objects.delete(name)
  else world.objects.set(name, after)
}

/** What a watch tells of one moment: entering and leaving the view are ADDED and DELETED, as API servers do it. */
const eventOf = (
  { version, before, after }: World['history'][number],
  matches: (node: Node) => boolean,
): readonly ['ADDED' | 'MODIFIED' | 'DELETED', Node] | undefined => {
  const was = before !== undefined && matches(before)
  if (after !== undefined && matches(after)) return [was ? 'MODIFIED' : 'ADDED', after]
  if (!was) return undefined
  const last = after ?? before
  return ['DELETED', { ...last, metadata: { ...last.metadata, resourceVersion: String(version) } }]
}

const take = (world: World, each: Step, matches: (node: Node) => boolean): readonly Change<Node>[] => {
  const { store, objects, under } = world
  switch (each.do) {
    case 'write': {
      const { name } = each
      const uid = objects.get(name)?.metadata?.uid ?? `uid-${world.version}`
      const object = nodeAt(name, ++world.version, { uid, labels: { class: each.small ? 'small' : 'big' } })
      record(world, name, object)
      if (each.ours) under.push(() => store.enterWrite(object))
      return []
    }
    case 'delete': {
      const { name } = each
      const uid = objects.get(name)?.metadata?.uid
      if (uid === undefined) return []
      world.version++
      record(world, name, undefined)
      if (each.ours) under.push(() => store.enterDelete({ name }, uid))
      return []
    }
    case 'arrive':
      return under.splice(each.which % Math.max(1, under.length), 1)[0]?.() ?? []
    case 'watch': {
      const next = world.history.find(({ version }) => version > world.watched)
      if (next === undefined) return []
      world.watched = next.version
      const event = eventOf(next, matches)
      const changes = event === undefined ? [] : store.enterEvent(...event)
      // This world has one past: nobody in it is risen.
      return changes ?? expect.fail(`${event?.[0]} is taken for one who has risen`)
    }
    case 'bookmark':
      if (world.watched === world.version) store.enterBookmark(String(world.version))
      return []
    case 'list': {
      const items = [...objects.values()].filter(matches)
      const version = String(world.version)
      under.push(() => store.enterList(items, version))
      return []
    }
    case 'rewatch':
      world.watched = Number(store.progress)
      return []
  }
}

/** Holds what was told against what may be told. */
const createListener = (store: LocalStore<Node>, returns: boolean): ((changes: readonly Change<Node>[]) => void) => {
  const mirror = new Map<string, Node>()
  const gone = new Set<string>()
  const newest = new Map<string, string>()
  return changes => {
    for (const { type, object, old } of changes) {
      const { name = '', uid = '', resourceVersion = '' } = object.metadata ?? {}
      expect(old).toEqual(type === 'added' ? undefined : mirror.get(name))
      expect(mirror.has(name)).toBe(type !== 'added')
      if (type === 'deleted') {
        mirror.delete(name)
        gone.add(uid)
        continue
      }
      // Nobody comes back from the dead, and nothing goes back in time.
      if (!returns) expect(gone.has(uid)).toBe(false)
      expect(compareVersions(resourceVersion, newest.get(uid) ?? '0')).toBeGreaterThan(0)
      newest.set(uid, resourceVersion)
      mirror.set(name, object)
    }
    expect(new Set(store.list())).toEqual(new Set(mirror.values()))
  }
}

const holdsFor = (steps: readonly Step[], matches: (node: Node) => boolean, returns: boolean): void => {
  const world = worldOf(matches, returns)
  const listen = createListener(world.store, returns)
  for (const each of steps) listen(take(world, each, matches))
  while (world.under.length > 0) listen(take(world, { do: 'arrive', which: 0 }, matches))
  while (world.watched < world.version) {
    listen(take(world, { do: 'watch' }, matches))
  }
  expect(new Set(world.store.list())).toEqual(new Set([...world.objects.values()].filter(matches)))
}

describe('a store, whatever order events, lists and answers come in', () => {
  it('never goes back in time, raises nothing from the dead, and ends as the cluster is', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), steps => holdsFor(steps, () => true, false)),
      { numRuns: 500 },
    )
  })

  it('does so too when objects enter and leave its view by their labels', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), steps => holdsFor(steps, isSmall, true)),
      { numRuns: 500 },
    )
  })
})
