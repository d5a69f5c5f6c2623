import { isDeepStrictEqual } from 'node:util'
import { type AnyResource, type KubeObject, Pods, type Resource, apiVersionOf, pathOf } from '../api/index.ts'
import { jsonOf, objectFrom } from './border.ts'
import type { Client, Key, WriteOptions } from './client.types.ts'
import { ApiError, isNotFound } from './errors.ts'
import { readPages } from './pages.ts'
import { type Precondition, encodePatch } from './patch.ts'
import { type SendOptions, createSend } from './send.ts'
import type { KubeRequest } from './transport.ts'

/** What a write of ours has shown: for stores that must not lag behind their own process. */
export type Observed =
  | { readonly kind: 'written'; readonly object: KubeObject }
  | { readonly kind: 'deleted'; readonly key: Key; readonly uid: string }

export interface ClientOptions extends SendOptions {
  /** Who owns the fields that are written. Default `kube-node`. */
  readonly fieldManager?: string
  /** Called for each write that took place, before its promise resolves. Must not throw. */
  readonly observe?: (resource: AnyResource, observed: Observed) => void
}

/** The typed verbs, on any transport. */
export const createClient = (options: ClientOptions): Client => {
  const send = createSend(options)
  const observe = options.observe ?? (() => undefined)
  const fieldManager = options.fieldManager ?? 'kube-node'

  const observeWritten = (resource: AnyResource, object: KubeObject): void => {
    // The answer to a write of a subresource can be of another kind: a Scale, a Status.
    if (object.kind !== resource.kind || object.apiVersion !== apiVersionOf(resource)) return
    const { uid } = object.metadata ?? {}
    if (uid !== undefined && isGone(object)) observe(resource, { kind: 'deleted', key: keyOf(object), uid })
    else observe(resource, { kind: 'written', object })
  }

  const write = async <T extends KubeObject>(
    resource: Resource<T>,
    request: Omit<KubeRequest, 'signal' | 'query'> & { readonly query?: Readonly<Record<string, string>> },
    { dryRun, signal }: WriteOptions,
  ): Promise<T> => {
    const query = { fieldManager, ...request.query, ...(dryRun ? { dryRun: 'All' } : {}) }
    const object = objectFrom((await send({ ...request, query }, signal)).body, resource)
    if (!dryRun) observeWritten(resource, object)
    return object
  }

  const client: Client = {
    async get(resource, key, signal) {
      try {
        return objectFrom((await send({ method: 'GET', path: pathTo(resource, key) }, signal)).body, resource)
      } catch (error) {
        if (isAbsence(error)) return undefined
        throw error
      }
    },

    async *pages(resource, listOptions) {
      for await (const page of readPages(send, resource, listOptions)) yield page.items
    },

    async create(resource, object, writeOptions = {}) {
      const { name, namespace } = object.metadata ?? {}
      if (resource.namespaced && namespace === undefined) throw namespaceMissing(resource, name)
      // A subresource belongs to an object that exists: its path names it.
      const path = pathOf(resource, namespace, writeOptions.subresource === undefined ? undefined : name, writeOptions.subresource)
      return write(resource, { method: 'POST', path, body: jsonOf(object, resource) }, writeOptions)
    },

    async update(resource, object, writeOptions = {}) {
      const path = pathTo(resource, keyOf(object), writeOptions.subresource)
      return write(resource, { method: 'PUT', path, body: jsonOf(object, resource) }, writeOptions)
    },

    async patch(resource, key, patch, writeOptions = {}) {
      const { contentType, body, query } = encodePatch(patch, writeOptions.on)
      const path = pathTo(resource, key, writeOptions.subresource)
      try {
        return await write(resource, { method: 'PATCH', path, query, headers: { 'content-type': contentType }, body }, writeOptions)
      } catch (error) {
        const { on, signal } = writeOptions
        throw on !== undefined && (await preconditionFailed(error, on, () => client.get(resource, key, signal)))
          ? new ApiError(409, { reason: 'Conflict', code: 409, message: 'the object is not what the patch was made for' }, `PATCH ${path}`)
          : error
      }
    },

    async delete<T extends KubeObject>(
      resource: Resource<T>,
      key: Key,
      { uid, resourceVersion, propagation, dryRun, signal }: Parameters<Client['delete']>[2],
    ): Promise<T | undefined> {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
        ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
      }
      const query = dryRun ? { dryRun: 'All' } : {}
      let answer: T | undefined
      try {
        answer = objectFrom((await send({ method: 'DELETE', path: pathTo(resource, key), query, body }, signal)).body, resource)
      } catch (error) {
        if (!isAbsence(error)) throw error
      }
      // Nodes and custom resources that are gone are answered with a Status, pods with their last state (seen on 1.37).
      const held = answer?.kind !== 'Status' && answer?.metadata?.deletionTimestamp !== undefined && !isGone(answer) ? answer : undefined
      if (!dryRun) {
        if (held === undefined) observe(resource, { kind: 'deleted', key, uid })
        else observeWritten(resource, held)
      }
      return held
    },

    async evict(pod, { uid, gracePeriodSeconds, signal } = {}) {
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: pod.name, ...(pod.namespace === undefined ? {} : { namespace: pod.namespace }) },
        deleteOptions: {
          ...(uid === undefined ? {} : { preconditions: { uid } }),
          ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        },
      }
      await send({ method: 'POST', path: pathTo(Pods, pod, 'eviction'), body }, signal)
    },
  }
  return client
}

/** Gone with the very write that was answered with it: nothing is left that would hold it. */
const isGone = ({ metadata }: KubeObject): boolean =>
  // Grace 0 tells this from a terminating pod (30), and from a Namespace, whose finalizers are in its spec (undefined).
  metadata?.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0 && (metadata.finalizers?.length ?? 0) === 0

/**
 * The object is not there. A 404 without a name speaks of the kind or of the path: it proves nothing about the object, as its
 * CRD may be missing for a moment (message of 1.37: "the server could not find the requested resource").
 */
const isAbsence = (error: unknown): boolean => isNotFound(error) && ApiError.is(error) && error.status.details?.name !== undefined

/**
 * A failed precondition comes as Conflict from a changed resourceVersion in a merge patch, but as Invalid from a changed uid,
 * and from `test` in a JSON patch as an Invalid that says nothing at all (seen on 1.37). To the caller all are Conflict.
 */
const preconditionFailed = async (error: unknown, on: Precondition, get: () => Promise<KubeObject | undefined>): Promise<boolean> => {
  if (!ApiError.is(error) || error.code !== 422) return false
  const { name, causes = [] } = error.status.details ?? {}
  if (name !== undefined) return on.uid !== undefined && causes.some(({ field }) => field === 'metadata.uid')
  const now = await get()
  const { resourceVersion, uid } = now?.metadata ?? {}
  if ((on.uid !== undefined && on.uid !== uid) || (on.resourceVersion !== undefined && on.resourceVersion !== resourceVersion)) return true
  return on.fields?.some(({ path, value }) => !isDeepStrictEqual(valueAt(now, path), value)) === true
}

const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    // Border: a member of whatever JSON has members.
    (value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined),
    object,
  )

const pathTo = (resource: AnyResource, key: Key, subresource?: string): string => {
  if (resource.namespaced && key.namespace === undefined) throw namespaceMissing(resource, key.name)
  return pathOf(resource, key.namespace, key.name, subresource)
}

const namespaceMissing = (resource: AnyResource, name: string | undefined): TypeError =>
  new TypeError(`${resource.kind} ${name ?? ''}: a namespaced kind needs a namespace in its key`)

const keyOf = ({ metadata }: KubeObject): Key => {
  if (metadata?.name === undefined) throw new TypeError('the object has no metadata.name')
  return metadata.namespace === undefined ? { name: metadata.name } : { namespace: metadata.namespace, name: metadata.name }
}
