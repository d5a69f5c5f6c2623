import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Reply } from './client.ts'
import { isFields, spell } from './memory.ts'
import { type Seen, normalise } from './normalise.ts'
import type { Observation, Side } from './run.ts'
import type { Fields } from './script.ts'
import { type Sides, openStage, startSides } from './sides.ts'

interface Kind {
  readonly path: string
  /** Absent: nobody makes one, or asks for any before the past is gone. */
  readonly object?: Fields
}

/** One built in, one custom, one that kube-apiserver does not cache, and one of which there is nothing. */
const kinds = (id: string): readonly Kind[] => [
  { path: `/api/v1/namespaces/${id}-x/configmaps`, object: { apiVersion: 'v1', kind: 'ConfigMap' } },
  {
    path: `/apis/fidelity.example.test/v1/namespaces/${id}-x/widgets`,
    object: { apiVersion: 'fidelity.example.test/v1', kind: 'Widget', spec: { size: 1 } },
  },
  {
    path: `/api/v1/namespaces/${id}-x/events`,
    object: { apiVersion: 'v1', kind: 'Event', involvedObject: { namespace: `${id}-x` }, reason: 'Told', type: 'Normal' },
  },
  { path: `/apis/apps/v1/namespaces/${id}-x/controllerrevisions` },
]

const metadataOf = ({ body }: Reply): Fields => (isFields(body) && isFields(body['metadata']) ? body['metadata'] : {})

const get = ({ client }: Side, path: string, query: Fields): Promise<Reply> => {
  const text = new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, spell(value)])).toString()
  return client.ask({ method: 'GET', path: `${path}?${text}` })
}

const watched = async ({ client }: Side, path: string, query: string): Promise<Observation> => {
  const watch = await client.watch({ path: `${path}?watch=1&${query}` })
  // What is too old is told at once; another watch goes on for ever.
  for (let waited = 0; waited < 500 && !watch.ended(); waited += 20) await sleep(20)
  watch.close()
  return watch.refused === undefined ? { events: [...watch.events] } : { reply: watch.refused }
}

interface Known {
  readonly path: string
  readonly version: string
  /** For the second page. */
  readonly token?: string
}

/** Makes some objects, lists them, and changes them afterwards. */
const past = async (side: Side, { object, path }: Kind): Promise<Known> => {
  if (object === undefined) return { path, version: '2' }
  const make = async (name: string): Promise<void> => {
    const body = JSON.stringify({ ...object, metadata: { name } })
    const { status } = await side.client.ask({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body })
    expect(status).toBe(201)
  }
  for (const name of ['a', 'b', 'c', 'd']) await make(name)
  const { continue: token, resourceVersion } = metadataOf(await get(side, path, { limit: 2 }))
  await side.client.ask({ method: 'DELETE', path: `${path}/d` })
  await make('e')
  return { path, version: spell(resourceVersion), token: spell(token) }
}

/** Everything that a client can ask with what it knows from before. */
const present = async (side: Side, { path, token, version: resourceVersion }: Known): Promise<readonly Observation[]> => {
  const told: Observation[] = []
  if (token !== undefined) {
    const reply = await get(side, path, { limit: 2, continue: token })
    // The answer offers to go on with what is there now.
    told.push({ reply }, { reply: await get(side, path, { limit: 2, continue: metadataOf(reply)['continue'] ?? 'none' }) })
  }
  const lists = [
    { resourceVersion, resourceVersionMatch: 'Exact' },
    { resourceVersion, limit: 1 },
    { resourceVersion, resourceVersionMatch: 'NotOlderThan' },
    { resourceVersion },
    { resourceVersion: '0' },
    {},
  ]
  for (const query of lists) told.push({ reply: await get(side, path, query) })
  const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  for (const query of [resourceVersion, '1', '0', `${resourceVersion}&${initial}`])
    told.push(await watched(side, path, `resourceVersion=${query}`))
  return told
}

const story = async (sides: Sides, side: Side, id: string): Promise<readonly Seen[]> => {
  await openStage(side, id)
  const known: Known[] = []
  for (const kind of kinds(id)) known.push(await past(side, kind))
  await sides.compact[side.name]()
  const told: Observation[] = []
  for (const one of known) told.push(...(await present(side, one)))
  const text = JSON.stringify(normalise({ observations: told }, id))
  // What a list was at is each server's own number.
  return JSON.parse(text.replaceAll(/too old resource version: [1-9]\d+ /g, 'too old resource version: <asked> ')) as readonly Seen[]
}

test('What was compacted is gone, on both servers in the same words', { timeout: 180_000 }, async () => {
  await using sides = await startSides()
  const id = sides.nextId()
  const embedded = await story(sides, sides.embedded, id)
  const real = await story(sides, sides.real, id)
  expect(embedded).toEqual(real)
  // Of three kinds the second page, the list as it was, and its first page; of the last kind, the list and its first page.
  expect(real.filter(({ status }) => status === 410)).toHaveLength(11)
  // Of each kind, watches from the list and from the very beginning.
  expect(real.filter(({ events }) => JSON.stringify(events ?? {}).includes('"code":410'))).toHaveLength(8)
})
