import {
  type Json,
  type KubeRequest,
  type KubeResponse,
  type KubeStream,
  type KubeTransport,
  TransportError,
  type WatchEvent,
} from '../kube/index.ts'

type Fields = { readonly [key: string]: Json | undefined }
export interface Stored {
  readonly metadata: Fields
  readonly [key: string]: Json | undefined
}

/** What becomes of a request: it works, works with its answer lost, never gets there, hangs until aborted, or is refused. */
export type Fate = 'works' | 'answer lost' | 'unreachable' | 'hangs' | Refusal
export interface Refusal {
  readonly status: number
  readonly reason: string
  readonly message: string
}

/** Just enough of an API server for the engine's own tests: one flat map of paths, versions, conflicts, watches, faults. */
export interface FakeCluster extends KubeTransport {
  /** `GET /path`, in order; watches as `WATCH`. */
  readonly requests: string[]
  /** Decides what becomes of each request from now on. */
  fate: (request: KubeRequest) => Fate
  object(path: string): Stored | undefined
  /** What is directly below a path. */
  list(path: string): readonly Stored[]
  /** Writes as somebody else: past fates, without a condition. Undefined deletes. */
  put(path: string, object: Fields | undefined): void
}

export const fakeCluster = (): FakeCluster => {
  const objects = new Map<string, Stored>()
  const watchers = new Set<{ readonly path: string; readonly queue: WatchEvent[]; wake(): void }>()
  const history: { readonly version: number; readonly path: string; readonly event: WatchEvent }[] = []
  let version = 100

  const tell = (path: string, type: WatchEvent['type'], object: Stored): void => {
    history.push({ version, path, event: { type, object } })
    for (const watcher of watchers) {
      if (!isIn(path, watcher.path)) continue
      watcher.queue.push({ type, object })
      watcher.wake()
    }
  }

  const store = (path: string, object: Fields): Stored => {
    const old = objects.get(path)
    const metadata = {
      uid: `uid-${version}`,
      ...old?.metadata,
      ...fields(object.metadata),
      ...placeOf(path),
      resourceVersion: String(++version),
    }
    const stored = { ...object, metadata }
    objects.set(path, stored)
    tell(path, old ? 'MODIFIED' : 'ADDED', stored)
    return stored
  }

  const remove = (path: string): void => {
    const old = objects.get(path)
    if (!old) return
    objects.delete(path)
    tell(path, 'DELETED', { ...old, metadata: { ...old.metadata, resourceVersion: String(++version) } })
  }

  const conflicts = (old: Stored, body: Fields): boolean => {
    const expected = fields(body.metadata).resourceVersion
    return expected !== undefined && expected !== old.metadata.resourceVersion
  }

  const serve = ({ method, path, body: json = null }: KubeRequest): KubeResponse => {
    const body = fields(json)
    const name = path.split('/').at(-1) ?? ''
    const old = objects.get(path)
    if (method === 'POST') {
      const wanted = fields(body.metadata).name
      const target = `${path}/${typeof wanted === 'string' ? wanted : ''}`
      return objects.has(target) ? refused(409, 'AlreadyExists', `${target} exists`, name) : answer(201, store(target, body))
    }
    if (method === 'GET' && !old && isCollection(path)) {
      return answer(200, { kind: 'List', metadata: { resourceVersion: String(version) }, items: cluster.list(path) })
    }
    if (!old) return refused(404, 'NotFound', `${path} not found`, name)
    if (method === 'GET') return answer(200, old)
    if (conflicts(old, body)) return refused(409, 'Conflict', `${path}: the object has been modified`, name)
    if (method === 'PUT') return answer(200, store(path, body))
    if (method === 'PATCH') return answer(200, store(path, fields(merged(old, body))))
    remove(path)
    return answer(200, { kind: 'Status', status: 'Success' })
  }

  const undergo = async (request: KubeRequest): Promise<void> => {
    const aborted = (): TransportError => new TransportError('aborted', { cause: request.signal.reason })
    if (request.signal.aborted) throw aborted()
    const fate = cluster.fate(request)
    if (fate === 'unreachable') throw new TransportError(`${request.method} ${request.path}: connection refused`, { cause: undefined })
    if (fate !== 'hangs') return
    await new Promise((_resolve, reject) => request.signal.addEventListener('abort', () => reject(aborted()), { once: true }))
  }

  const cluster: FakeCluster = {
    requests: [],
    fate: () => 'works',
    object: path => objects.get(path),
    list: path =>
      Array.from(objects)
        .filter(([at]) => isIn(at, path))
        .map(([, object]) => object),
    put: (path, object) => void (object ? store(path, object) : remove(path)),
    async request(request) {
      cluster.requests.push(`${request.method} ${request.path}`)
      const fate = cluster.fate(request)
      await undergo(request)
      if (typeof fate === 'object') return refused(fate.status, fate.reason, fate.message)
      const response = serve(request)
      if (fate === 'answer lost') throw new TransportError(`${request.method} ${request.path}: socket hang up`, { cause: undefined })
      return response
    },
    async watch(request): Promise<KubeStream> {
      cluster.requests.push(`WATCH ${request.path}`)
      await undergo(request)
      if (request.signal.aborted) throw new TransportError('aborted', { cause: request.signal.reason })
      const since = Number(request.query?.resourceVersion ?? version)
      const queue = history.filter(past => past.version > since && isIn(past.path, request.path)).map(({ event }) => event)
      let wake = (): void => undefined
      const watcher = { path: request.path, queue, wake: () => wake() }
      watchers.add(watcher)
      const close = (): void => {
        watchers.delete(watcher)
        wake()
      }
      request.signal.addEventListener('abort', close, { once: true })
      return {
        async next() {
          while (queue.length === 0 && watchers.has(watcher)) await new Promise<void>(resolve => (wake = resolve))
          if (request.signal.aborted) throw new TransportError('aborted', { cause: request.signal.reason })
          return queue.shift()
        },
        [Symbol.asyncDispose]: async () => close(),
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
  return cluster
}

/** A collection over all namespaces holds those of each. */
const isIn = (path: string, collection: string): boolean =>
  path.startsWith(`${collection}/`) || path.replace(/\/namespaces\/[^/]+(?=\/)/, '').startsWith(`${collection}/`)

/** `/api/v1/nodes`, `/apis/x/v1/widgets`, `/api/v1/namespaces/a/pods`: an odd number of segments below the version. */
const isCollection = (path: string): boolean => {
  const below = path.split('/').slice(path.startsWith('/apis/') ? 4 : 3)
  return below.length % 2 === 1
}

const placeOf = (path: string): Fields => {
  const namespace = /\/namespaces\/([^/]+)\/./.exec(path)?.[1]
  return { name: path.split('/').at(-1) ?? '', ...(namespace === undefined ? {} : { namespace }) }
}

const fields = (json: Json | undefined): Fields =>
  // Array.isArray does not narrow readonly arrays away.
  typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : {}

// What JSON.parse gives of what JSON.stringify gave is JSON.
const answer = (status: number, body: Json): KubeResponse => ({ status, headers: {}, body: JSON.parse(JSON.stringify(body)) as Json })

const refused = (code: number, reason: string, message: string, name?: string): KubeResponse =>
  answer(code, { kind: 'Status', status: 'Failure', code, reason, message, details: { name } })

const merged = (old: Json | undefined, patch: Json | undefined): Json => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch ?? null
  const result: Record<string, Json | undefined> = { ...fields(old) }
  for (const [name, value] of Object.entries(fields(patch))) {
    if (value === null) delete result[name]
    else result[name] = merged(result[name], value)
  }
  return result
}
