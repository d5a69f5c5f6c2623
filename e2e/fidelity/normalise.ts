import { isDeepStrictEqual } from 'node:util'
import { isFields, spell } from './memory.ts'
import type { Trace } from './run.ts'
import type { Fields } from './script.ts'

/** What a step came to, with everything that two servers may choose freely under names of its own. */
export interface Seen {
  readonly status?: number
  readonly contentType?: string
  readonly warnings?: readonly string[]
  readonly body?: unknown
  /** By object, in order. */
  readonly events?: Readonly<Record<string, readonly unknown[]>>
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
/** The server's part of a name that it made. Scripts give each its own base. */
const drawn = /(gen\d+-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g
const dayMs = 24 * 60 * 60 * 1_000

/** Names in order of first appearance, so that what is equal stays equal and what differs stays different. */
const namer = (word: string): ((value: string) => string) & { has(value: string): boolean } => {
  const names = new Map<string, string>()
  const nameOf = (value: string): string => {
    const known = names.get(value)
    if (known !== undefined) return known
    const next = `<${word} ${names.size + 1}>`
    names.set(value, next)
    return next
  }
  return Object.assign(nameOf, { has: (value: string) => names.has(value) })
}

/** Servers order the fields of an object as they like, and names follow the order. */
const sorted = (value: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

type Entry = Readonly<Record<string, unknown>>

const sortedFields = (value: unknown): Entry => (isFields(value) ? value : {})

const byWords = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** The order that kube-apiserver gives to managers: appliers first, then by time, then by name. */
const byTime = (a: Entry, b: Entry): number => {
  for (const key of ['operation', 'time', 'manager', 'apiVersion', 'subresource']) {
    const [left, right] = [spell(a[key] ?? ''), spell(b[key] ?? '')]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

const byName = (a: unknown, b: unknown): number => (nameField(a) < nameField(b) ? -1 : 1)

const nameField = (value: unknown): string => (isFields(value) ? spell(value['name'] ?? '') : '')

const metadataOf = (value: unknown): unknown => (isFields(value) ? value['metadata'] : undefined)
const nameIn = (value: unknown): string => {
  const metadata = metadataOf(value)
  return isFields(metadata) ? `${spell(metadata['namespace'] ?? '')}/${spell(metadata['name'] ?? '')}` : ''
}

export const normalise = (trace: Trace, id: string): readonly Seen[] => {
  const uid = namer('uid')
  const revision = namer('version')
  const now = Date.now()

  const text = (value: string): string => {
    const out = value
      .replace(drawn, '$1<drawn>')
      .replace(uuid, found => uid(found))
      .replace(time, found => (Math.abs(Date.parse(found) - now) < dayMs ? '<time>' : found))
    if (out.startsWith('too old resource version: ')) return out.replace(/\(\d+\)$/, '(<what is there>)')
    if (!/resource ?version/i.test(value)) return out
    // The version of what is there may be told for the first time, also in an object as text. Other numbers of JSON within a text are none.
    return out.replace(
      /(?<lead>in record \(|in object meta: |resourceVersion\\":\\"|)(?<!\\":)\b(?<digits>\d{1,10})\b/g,
      (found, lead: string, digits: string) => (lead === '' && !revision.has(digits) ? found : lead + revision(digits)),
    )
  }
  const metadata = (value: Readonly<Record<string, unknown>>, ofList: boolean): unknown => {
    const { resourceVersion, continue: token, managedFields, ...rest } = value
    return {
      ...(typeof resourceVersion === 'string' ? { resourceVersion: ofList ? '<version of the list>' : revision(resourceVersion) } : {}),
      ...(token === undefined ? {} : { continue: token === '' ? '' : '<token>' }),
      ...Object.fromEntries(sorted(rest).map(([key, item]) => [key, any(item)])),
      ...(managedFields === undefined ? {} : { managedFields: managers(managedFields) }),
    }
  }
  const fieldSet = (value: unknown): unknown => {
    if (!isFields(value)) return value
    // Keys of items tell uids and times of what they stand for.
    const named = Object.entries(value).map(([key, item]) => [text(key), fieldSet(item)] as [string, unknown])
    return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  /** Entries stand in the order of their times, which two servers do not share: what is compared is that each keeps its own. */
  const managers = (value: unknown): unknown => {
    if (!Array.isArray(value) || !value.every(isFields)) return any(value)
    const entries = value.map(entry => ({ ...sortedFields(any(entry)), fieldsV1: fieldSet(entry['fieldsV1']) }))
    return { inOrder: isDeepStrictEqual(value, value.toSorted(byTime)), entries: entries.toSorted(byWords) }
  }
  const cells = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(cell => (/^\d+s$/.test(String(cell)) ? '<age>' : any(cell))) : value
  const any = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(any)
    if (!isFields(value)) return value
    const ofList =
      spell(value['kind']).endsWith('List') || Array.isArray(value['rows']) || (value['kind'] === 'Status' && value['status'] !== 'Failure')
    return Object.fromEntries(
      sorted(value).map(([key, item]) => [
        key,
        key === 'metadata' && isFields(item) ? metadata(item, ofList) : key === 'cells' ? cells(item) : any(item),
      ]),
    )
  }
  /** Other scripts' objects of cluster-scoped kinds are none of our business. */
  const own = (object: unknown): boolean => {
    const meta = metadataOf(object)
    // The error that ends a watch is about nobody's object.
    if (!isFields(meta) || (isFields(object) && object['kind'] === 'Status')) return true
    const { name = '', namespace } = meta
    return namespace === undefined ? spell(name).includes(id) : spell(namespace).startsWith(`${id}-`)
  }
  const ofGroup = (group: unknown): boolean => isFields(group) && group['name'] === `${id}.example.test`
  const ownOf = (told: unknown): unknown => {
    const body = documentsIn(told) ?? told
    if (!isFields(body)) return body
    if (isFields(body['paths']) && body['openapi'] === undefined) return { paths: addressesOf(body['paths'], id) }
    const { groups, items, kind, resources, rows } = body
    // kube-apiserver walks the definitions of a group in the random order of a Go map.
    if (kind === 'APIResourceList' && Array.isArray(resources)) return { ...body, resources: resources.toSorted(byName) }
    // Lists of groups, in kube-apiserver's two forms.
    if (kind === 'APIGroupList' && Array.isArray(groups)) return { ...body, groups: groups.filter(group => ofGroup(group)) }
    if (kind === 'APIGroupDiscoveryList' && Array.isArray(items)) return { ...body, items: items.filter(item => ofGroup(metadataOf(item))) }
    if (Array.isArray(items)) return { ...body, items: items.filter(own) }
    if (Array.isArray(rows)) return { ...body, rows: rows.filter(row => own(isFields(row) ? row['object'] : undefined)) }
    return body
  }

  const replies = trace.observations.map(({ reply }) => {
    if (reply === undefined) return undefined
    return { status: reply.status, contentType: reply.contentType, warnings: reply.warnings.map(text), body: any(ownOf(reply.body)) }
  })
  return trace.observations.map(({ events }, i) => {
    if (events === undefined) return replies[i] ?? {}
    const byObject: Record<string, unknown[]> = {}
    const kept = events.filter(event => isFields(event) && own(ownRow(event['object'])) && !isPlainBookmark(event))
    const keyed = kept.map(
      event => [isFields(event) ? (event['type'] === 'BOOKMARK' ? 'bookmark' : nameIn(ownRow(event['object']))) : '', event] as const,
    )
    // Only the first event of a watch of tables has the headers, whichever object that is about.
    const columns = kept.map(event => (isFields(event) && isFields(event['object']) ? event['object']['columnDefinitions'] : undefined))
    const first = columns.find(found => found !== undefined && found !== null)
    if (first !== undefined) byObject['columns'] = [any(first)]
    for (const [key, event] of keyed.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      (byObject[text(key)] ??= []).push(any(withoutColumns(event)))
    return { events: byObject }
  })
}

/** The list of OpenAPI documents comes as text from kube-apiserver. */
const documentsIn = (body: unknown): unknown => (typeof body === 'string' && body.startsWith('{"paths":') ? JSON.parse(body) : undefined)

/** Where the documents of the script's own group are. The hash is of other words. */
const addressesOf = (paths: Fields, id: string): unknown =>
  Object.fromEntries(
    Object.entries(paths)
      .filter(([path]) => path.startsWith(`apis/${id}.example.test/`))
      .map(([path, item]) => [path, JSON.stringify(item).replace(/hash=[0-9A-F]{128}/, 'hash=<hash>')]),
  )

/** In a watch of tables, an event's object is a table with one row. */
const ownRow = (object: unknown): unknown => {
  const rows = isFields(object) ? object['rows'] : undefined
  const [row] = Array.isArray(rows) ? rows : []
  return isFields(row) ? row['object'] : object
}

/** Servers send them when they like. The one that ends the initial events is promised. */
const isPlainBookmark = (event: unknown): boolean => {
  if (!isFields(event) || event['type'] !== 'BOOKMARK') return false
  const meta = metadataOf(event['object'])
  return !(isFields(meta) && meta['annotations'] !== undefined)
}

const withoutColumns = (event: unknown): unknown => {
  if (!isFields(event) || !isFields(event['object'])) return event
  const { columnDefinitions: _columns, ...object } = event['object']
  return { ...event, object }
}
