import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Headers, OpenWatch, Reply } from './client.ts'
import { isBook, readBook } from './books.ts'
import { type Standing, definitionsSettled, isDefining } from './definitions.ts'
import { type Memory, createMemory, isFields, spell } from './memory.ts'
import { resources } from './resources.ts'
import { isRights, rightsKnown } from './rights.ts'
import { settledState } from './settling.ts'
import type { Fields, Script, Step, Target } from './script.ts'
import { Unanswered } from './unanswered.ts'

/** What came of a step: an answer, or the events of the watch that it opened. */
export interface Observation {
  readonly reply?: Reply
  readonly events?: readonly unknown[]
  /** After a change of what is defined. */
  readonly standing?: Standing
}

/** One that is being made. */
interface Writing {
  readonly reply?: Reply
  readonly watch?: OpenWatch
  standing?: Standing
}

export interface Trace {
  readonly observations: readonly Observation[]
}

export interface Side {
  readonly name: 'embedded' | 'real'
  readonly client: Client
  /** Tokens by the name of whoever has them: the same on both sides. */
  readonly tokens: Readonly<Record<string, string>>
  /** Does it answer reads "at any version" from a cache that may lag behind? */
  readonly cached: boolean
  /** Resolves when no controller has anything left to do, where that can be known. */
  quiet?(): Promise<void>
}

export const pathOf = ({ resource, ns, name, sub }: Target): string => {
  const { root, namespaced, plural = resource } = resources[resource]
  const full = name === undefined ? undefined : namespaced || resource === 'customresourcedefinitions' ? name : `{id}-${name}`
  return [root, ...(ns === undefined || !namespaced ? [] : ['namespaces', `{id}-${ns}`]), plural, full, sub]
    .filter(part => part !== undefined && part !== '')
    .join('/')
}

const queryOf = (memory: Memory, query: Fields = {}): string => {
  const entries = Object.entries(query).map(([key, value]) => [key, memory.resolve(value)] as const)
  const text = new URLSearchParams(
    entries.filter(([, value]) => value !== null).map(([key, value]) => [key, spell(value)] as [string, string]),
  ).toString()
  return text === '' ? '' : `?${text}`
}

/** The script with its own prefix in every place, and with tokens. */
const named = (script: Script, id: string, tokens: Side['tokens']): Script =>
  JSON.parse(
    JSON.stringify(script)
      .replaceAll('{id}', id)
      .replace(/\{token:(\w+)\}/g, (_, who: string) => tokens[who] ?? 'nobody'),
  ) as Script

const headersOf = ({ as }: Step, tokens: Side['tokens']): Headers => {
  if (as === undefined) return {}
  const { by, extra = {}, groups, uid, user } = as
  return {
    ...(by === undefined ? {} : { authorization: by === 'anonymous' ? undefined : `Bearer ${tokens[by] ?? 'nobody'}` }),
    ...(user === undefined ? {} : { 'impersonate-user': user }),
    ...(groups === undefined ? {} : { 'impersonate-group': groups }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    ...Object.fromEntries(Object.entries(extra).map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, values])),
  }
}

const revisionIn = (body: unknown): number => {
  const metadata = isFields(body) ? body['metadata'] : undefined
  return isFields(metadata) ? Number(metadata['resourceVersion'] ?? 0) : 0
}

/** Versions of a kind share its objects. */
const kindOf = ({ resource }: Target): string => resources[resource].plural ?? resource

/** Waits until the watch cache knows what the script has seen of the kind. */
const caughtUp = async ({ client, cached }: Side, step: Step, id: string, seen: number): Promise<void> => {
  if (!cached || seen === 0) return
  const path = pathOf({ resource: step.resource, ...(step.ns === undefined ? {} : { ns: step.ns }) }).replaceAll('{id}', id)
  await client.ask({ method: 'GET', path: `${path}?limit=1&resourceVersion=${seen}&resourceVersionMatch=NotOlderThan` })
}

/** What the watch cache has to know already for "any version" to mean the newest. */
const fence = async (side: Side, step: Step, id: string, seen: number): Promise<void> => {
  if (!side.cached || seen === 0) return
  await caughtUp(side, step, id, seen)
  // Deletions have versions that no answer tells.
  await sleep(15)
}

/** For controllers that come again after a while (that of namespaces does after some seconds), and for books that are written late. */
const patienceMs = 20_000

/**
 * Carries the steps out one after the other. `expected` events of each watch are waited for, and a moment more for those
 * that nobody expects.
 * @throws Unanswered
 */
export const run = async (side: Side, script: Script, id: string, expected?: Trace): Promise<Trace> => {
  const watches: OpenWatch[] = []
  try {
    return await carriedOut(side, script, id, expected, watches)
  } finally {
    for (const watch of watches) watch.close()
  }
}

const carriedOut = async (side: Side, script: Script, id: string, expected: Trace | undefined, watches: OpenWatch[]): Promise<Trace> => {
  const { client } = side
  const memory = createMemory()
  const observations: Writing[] = []
  const seen = new Map<string, number>()
  let parted = false
  // After the first difference there is nothing to wait for.
  const patience = (): number => (parted ? 0 : patienceMs)
  let rightsWrites = 0
  let rightsSeen = 0
  for (const [i, step] of named(script, id, side.tokens).steps.entries()) {
    if (step.do === 'settle') {
      const { state: body, met } = await settledState(side, id, expected?.observations[i]?.reply?.body, patience())
      parted ||= !met
      observations.push({ reply: { status: 200, contentType: 'application/json', warnings: [], body } })
      continue
    }
    const { query } = step
    const path = pathOf(step).replaceAll('{id}', id) + queryOf(memory, step.do === 'watch' ? { ...query, watch: '1' } : query)
    const headers = { accept: step.accept ?? 'application/json', ...headersOf(step, side.tokens) }
    if (rightsWrites > rightsSeen && !isRights(step)) {
      await rightsKnown(side, id, rightsWrites)
      rightsSeen = rightsWrites
    }
    if (isRights(step) && step.do === 'request' && step.method !== 'GET') rightsWrites += 1
    // Also a list that is only not older than some version comes from the cache, as that is just then.
    const atLeast = query?.['resourceVersion'] !== undefined && query['resourceVersionMatch'] !== 'Exact'
    const anyVersion = step.do === 'watch' || (atLeast && step.method === 'GET')
    // Whether an apply that leaves something empty changes anything depends on whether it is compared with the cache or with etcd.
    if (step.do === 'request' && step.contentType === 'application/apply-patch+yaml')
      await caughtUp(side, step, id, seen.get(kindOf(step)) ?? 0)
    if (anyVersion) await fence(side, step, id, seen.get(kindOf(step)) ?? 0)
    if (step.do === 'watch') {
      const watch = await client.watch({ path, headers })
      watches.push(watch)
      observations.push({ watch })
      continue
    }
    const content: Record<string, string> =
      step.body === undefined
        ? {}
        : { 'content-type': step.contentType ?? (step.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json') }
    const body = step.body === undefined ? {} : { body: JSON.stringify(memory.resolve(step.body)) }
    const ask = (): Promise<Reply> => client.ask({ method: step.method, path, headers: { ...headers, ...content }, ...body })
    const wanted = isBook(step) ? expected?.observations[i]?.reply : undefined
    const { met, reply } = wanted === undefined ? { met: true, reply: await ask() } : await readBook(ask, id, wanted, patience())
    parted ||= !met
    // What lists at any version are at is chance.
    const chance = step.name === undefined && query?.['resourceVersion'] !== undefined
    if (reply.status < 300 && !chance) memory.note(step, reply.body)
    seen.set(kindOf(step), Math.max(seen.get(kindOf(step)) ?? 0, revisionIn(reply.body)))
    const observation: Writing = { reply }
    observations.push(observation)
    if (isDefining(step) && reply.status < 300)
      observation.standing = await definitionsSettled(client, id, expected?.observations[i]?.standing)
  }
  await quiet(
    observations.flatMap(({ watch }, i) => (watch === undefined ? [] : [{ watch, least: expected?.observations[i]?.events?.length ?? 0 }])),
  )
  if (watches.some(watch => watch.lost())) throw new Unanswered(`a watch of ${id} at ${side.name}`, undefined, false)
  return {
    observations: observations.map(({ reply, standing, watch }) => {
      if (reply !== undefined) return { reply, ...(standing === undefined ? {} : { standing }) }
      return watch?.refused === undefined ? { events: [...(watch?.events ?? [])] } : { reply: watch.refused }
    }),
  }
}

const quiet = async (watches: readonly { readonly watch: OpenWatch; readonly least: number }[]): Promise<void> => {
  if (watches.length === 0) return
  const total = (): number => watches.reduce((sum, { watch }) => sum + watch.events.length, 0)
  const missing = (): boolean => watches.some(({ watch, least }) => watch.events.length < least && !watch.ended())
  for (let waited = 0; waited < 3_000 && missing(); waited += 10) await sleep(10)
  for (let before = -1, waited = 0; before !== total() && waited < 3_000; waited += 20) {
    before = total()
    await sleep(20)
  }
}
