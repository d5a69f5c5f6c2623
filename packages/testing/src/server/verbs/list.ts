import type { Context } from '../context.ts'
import { rulesOf, selectableOf } from '../kinds/index.ts'
import type { JsonObject, StoredObject } from '../objects/index.ts'
import { type Call, type ListOptions, type Outcome, checkNumbers, listOptionsOf } from '../request/index.ts'
import { type ObjectSelector, parseLabelSelector, parseSelector } from '../selectors/index.ts'
import { badRequest, expired, tooLargeResourceVersion } from '../status/index.ts'
import type { Snapshot } from '../storage/index.ts'
import { continueToken, parseContinueToken } from './continue-token.ts'
import { present } from './present.ts'

export const list = (context: Context, call: Call): Outcome => {
  // Told before anything else that may be wrong.
  checkNumbers(call.query)
  parseLabelSelector(call.query['labelSelector'] ?? '')
  const options = listOptionsOf(call.query, false)
  const selector = parseSelector(options.labelSelector, options.fieldSelector, selectableOf(call.definition))
  const start = options.continue === '' ? undefined : startOf(options)
  const snapshot = snapshotFor(context, call, options, start)
  // From a watch cache, which is where kube-apiserver answers resourceVersion=0 from, there are no pages.
  const fromCache = options.revision === 0 && start === undefined && rulesOf(call.definition).cached !== false
  const limit = fromCache || isOne(call, selector) ? 0 : options.limit
  const { objects, metadata } = page(snapshot, call.namespace, selector, start?.key ?? '', limit)
  return { type: 'list', objects: objects.map(object => present(object, call.definition)), metadata }
}

/** Whoever names the object gets it, or nothing: there is no second page. */
const isOne = (call: Call, selector: ObjectSelector | undefined): boolean =>
  selector?.name !== undefined && (call.namespace !== undefined || !call.definition.namespaced)

interface Start {
  /** Undefined for an inconsistent continuation: from there on, but as things stand now. */
  readonly revision: number | undefined
  readonly key: string
}

const startOf = (options: ListOptions): Start => {
  if (options.revision !== undefined && options.revision !== 0)
    throw badRequest('specifying resource version is not allowed when using continue')
  return parseContinueToken(options.continue)
}

const snapshotFor = (context: Context, call: Call, options: ListOptions, start: Start | undefined): Snapshot => {
  const { storage } = context
  const collection = storage.collection(call.definition)
  const exact =
    start?.revision ??
    (options.match === 'Exact' || (options.limit > 0 && options.match === '' && options.revision !== 0) ? options.revision : undefined)
  const least = exact ?? options.revision ?? 0
  if (least > storage.revision) throw tooLargeResourceVersion(least, storage.revision)
  if (exact === undefined || exact === storage.revision) return collection.now(storage.revision)
  const snapshot = collection.asOf(exact)
  if (snapshot !== undefined) return snapshot
  if (start === undefined) throw expired('The resourceVersion for the provided list is too old.')
  throw new TooOld(continueToken(undefined, start.key))
}

/** The rest of a list whose revision is compacted; the answer offers to go on with what is there now. */
export class TooOld extends Error {
  readonly metadata: JsonObject

  constructor(token: string) {
    super(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue ' +
        'parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided ' +
        'token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was ' +
        'returned and now may show up in the list.',
    )
    this.metadata = { continue: token }
  }
}

const page = (
  { keys, objects, revision }: Snapshot,
  namespace: string | undefined,
  selector: ObjectSelector | undefined,
  after: string,
  limit: number,
): { readonly objects: readonly StoredObject[]; readonly metadata: JsonObject } => {
  const prefix = namespace === undefined ? '' : `${namespace}/`
  const from = firstAtOrAfter(keys, prefix + after)
  const chosen: StoredObject[] = []
  let next = from
  for (; next < keys.length; next += 1) {
    if (!keys[next]?.startsWith(prefix) || (limit > 0 && chosen.length === limit)) break
    const object = objects[next]
    if (object !== undefined && (selector === undefined || selector.matches(object))) chosen.push(object)
  }
  const end = prefix === '' ? keys.length : firstAtOrAfter(keys, `${prefix.slice(0, -1)}0`)
  const resourceVersion = String(revision)
  if (next >= end) return { objects: chosen, metadata: { resourceVersion } }
  const last = keys[next - 1]?.slice(prefix.length) ?? ''
  return {
    objects: chosen,
    metadata: {
      resourceVersion,
      continue: continueToken(revision, `${last}\0`),
      // A selector hides how many of the rest will match.
      ...(selector === undefined ? { remainingItemCount: end - next } : {}),
    },
  }
}

/** Where a key stands, or would stand. `/` is followed by `0`, so `ns0` is the end of the keys in `ns/`. */
const firstAtOrAfter = (keys: readonly string[], key: string): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
