import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Headers, OpenWatch, Reply } from './client.ts'
import { type Memory, createMemory, isFields, spell } from './memory.ts'
import { resources } from './resources.ts'
import { isRights, rightsKnown } from './rights.ts'
import { settledState } from './settling.ts'
import type { Fields, Script, Step, Target, Value } from './script.ts'

/** What came of a step: an answer, or the events of the watch that it opened. */
export interface Observation {
  readonly reply?: Reply
  readonly events?: readonly unknown[]
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
  const { root, namespaced } = resources[resource]
  const full = name === undefined ? undefined : namespaced || resource === 'customresourcedefinitions' ? name : `{id}-${name}`
  return [root, ...(ns === undefined || !namespaced ? [] : ['namespaces', `{id}-${ns}`]), resource, full, sub]
    .filter(part => part !== undefined)
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

/** What the watch cache has to know already for "any version" to mean the newest. */
const fence = async ({ client, cached }: Side, step: Step, id: string, seen: number): Promise<void> => {
  if (!cached || seen === 0) return
  const path = pathOf({ resource: step.resource, ...(step.ns === undefined ? {} : { ns: step.ns }) }).replaceAll('{id}', id)
  await client.ask({ method: 'GET', path: `${path}?limit=1&resourceVersion=${seen}&resourceVersionMatch=NotOlderThan` })
  // Deletions have versions that no answer tells.
  await sleep(15)
}

/** For controllers that come again after a while: that of namespaces does after some seconds. */
const patienceMs = 20_000

/**
 * Carries the steps out one after the other. `expected` events of each watch are waited for, and a moment more for those
 * that nobody expects.
 */
export const run = async (side: Side, script: Script, id: string, expected?: Trace): Promise<Trace> => {
  const { client } = side
  const memory = createMemory()
  const observations: { reply?: Reply; watch?: OpenWatch }[] = []
  const seen = new Map<string, number>()
  let parted = false
  let rightsWrites = 0
  let rightsSeen = 0
  for (const [i, step] of named(script, id, side.tokens).steps.entries()) {
    if (step.do === 'settle') {
      // After the first difference there is nothing to wait for.
      const { state: body, met } = await settledState(side, id, expected?.observations[i]?.reply?.body, parted ? 0 : patienceMs)
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
    const anyVersion = step.do === 'watch' || (query?.['resourceVersion'] === '0' && step.method === 'GET')
    if (anyVersion) await fence(side, step, id, seen.get(step.resource) ?? 0)
    if (step.do === 'watch') {
      observations.push({ watch: await client.watch({ path, headers }) })
      continue
    }
    const content: Record<string, string> =
      step.body === undefined
        ? {}
        : { 'content-type': step.contentType ?? (step.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json') }
    const body = step.body === undefined ? {} : { body: JSON.stringify(memory.resolve(step.body)) }
    const reply = await client.ask({ method: step.method, path, headers: { ...headers, ...content }, ...body })
    // What lists at any version are at is chance.
    const chance = step.name === undefined && query?.['resourceVersion'] !== undefined
    if (reply.status < 300 && !chance) memory.note(step, reply.body)
    seen.set(step.resource, Math.max(seen.get(step.resource) ?? 0, revisionIn(reply.body)))
    observations.push({ reply })
    await settled(side, step, reply, id)
  }
  await quiet(
    observations.flatMap(({ watch }, i) => (watch === undefined ? [] : [{ watch, least: expected?.observations[i]?.events?.length ?? 0 }])),
  )
  return {
    observations: observations.map(({ reply, watch }) => {
      if (reply !== undefined) return { reply }
      watch?.close()
      return watch?.refused === undefined ? { events: [...(watch?.events ?? [])] } : { reply: watch.refused }
    }),
  }
}

const quiet = async (watches: readonly { readonly watch: OpenWatch; readonly least: number }[]): Promise<void> => {
  if (watches.length === 0) return
  const total = (): number => watches.reduce((sum, { watch }) => sum + watch.events.length, 0)
  const missing = (): boolean => watches.some(({ watch, least }) => watch.events.length < least && !watch.ended())
  for (let waited = 0; waited < 3_000 && missing(); waited += 10) await sleep(10)
  for (let before = -1; before !== total(); ) {
    before = total()
    await sleep(20)
  }
}

const conditionOf = (body: unknown, type: string): Value | undefined => {
  const status = isFields(body) ? body['status'] : undefined
  const conditions = isFields(status) ? status['conditions'] : undefined
  const found = Array.isArray(conditions) ? conditions.find(c => isFields(c) && c['type'] === type) : undefined
  return isFields(found) ? found['status'] : undefined
}

/** A definition is served, changed and dropped a moment after the write that says so. */
const settled = async ({ client, cached }: Side, step: Step, reply: Reply, id: string): Promise<void> => {
  if (step.do !== 'request' || step.resource !== 'customresourcedefinitions' || step.method === 'GET' || reply.status >= 300) return
  const name = isFields(reply.body) && isFields(reply.body['metadata']) ? reply.body['metadata']['name'] : step.name
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${spell(name)}`
  for (let waited = 0; waited < 5_000; waited += 20) {
    const { status, body } = await client.ask({ method: 'GET', path })
    if (status === 404) break
    const terminating = isFields(body) && isFields(body['metadata']) && body['metadata']['deletionTimestamp'] !== undefined
    const named = conditionOf(body, 'NamesAccepted')
    if (!terminating && (conditionOf(body, 'Established') === 'True' || named === 'False')) break
    await sleep(20)
  }
  if (!cached) return
  // The handler learns of it from an informer of its own, and builds its storage then.
  await sleep(200)
  const list = pathOf({ resource: 'gadgets' }).replaceAll('{id}', id)
  for (let waited = 0; waited < 5_000 && (await client.ask({ method: 'GET', path: list })).status === 429; waited += 50) await sleep(50)
}
