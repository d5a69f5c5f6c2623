import { setTimeout as sleep } from 'node:timers/promises'
import { crds } from '@kube-node/core/api'
import { type Runtime, systemRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '@kube-node/testing/server'
import { startControlPlane } from '../control-plane/index.ts'
import { type Client, createClient } from './client.ts'
import { type ResourceName, resources } from './resources.ts'
import { preparePolicies } from './policies.ts'
import { isRights } from './rights.ts'
import type { Side } from './run.ts'
import type { Script } from './script.ts'
import { widgetDefinition } from './widget.ts'

export interface Sides extends AsyncDisposable {
  readonly embedded: Side
  readonly real: Side
  /** A prefix that no script has had yet. */
  nextId(): string
  /**
   * Has a side forget the past. kube-apiserver is started anew, since its watch cache remembers what etcd has forgotten; so no other
   * script may be under way.
   */
  readonly compact: Readonly<Record<Side['name'], () => Promise<void>>>
}

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

const prepare = async (client: Client): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  for (const crd of [...crds(), widgetDefinition]) {
    const { status, body } = await client.ask({ method: 'POST', path: definitions, headers, body: JSON.stringify(crd) })
    if (status !== 201) throw new Error(`a definition was refused: ${JSON.stringify(body)}`)
  }
  await served(client)
}

/** Waits for the custom kinds. */
const served = async (client: Client): Promise<void> => {
  const lists = [
    '/apis/kube-node.dev/v1alpha1/nodeclasses',
    '/apis/kube-node.dev/v1alpha1/nodesets',
    '/apis/fidelity.example.test/v1/widgets',
  ]
  for (const path of lists) {
    for (let waited = 0; (await client.ask({ method: 'GET', path })).status !== 200; waited += 50) {
      if (waited > 20_000) throw new Error(`${path} is not served`)
      await sleep(50)
    }
  }
}

/**
 * kube-apiserver tells a refusal to impersonate in the words of the way in which somebody has last succeeded: the developer once and for
 * all by the old verb, since scripts run side by side; the stranger never.
 */
const letDeveloperAct = async (client: Client, token: string): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  const root = '/apis/rbac.authorization.k8s.io/v1'
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const rules = [{ apiGroups: [''], resources: ['users'], resourceNames: ['friend'], verbs: ['impersonate'] }]
  const metadata = { name: 'friend' }
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'friend' }
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'developer' }]
  const ask = (path: string, body: unknown): Promise<unknown> =>
    client.ask({ method: 'POST', path: `${root}${path}`, headers, body: JSON.stringify(body) })
  await ask('/clusterroles', { apiVersion, kind: 'ClusterRole', metadata, rules })
  await ask('/clusterrolebindings', { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects })
  const asFriend = { authorization: `Bearer ${token}`, 'impersonate-user': 'friend' }
  for (let waited = 0; (await client.ask({ method: 'GET', path: '/version', headers: asFriend })).status !== 200; waited += 50) {
    if (waited > 20_000) throw new Error('the developer may not act as a friend')
    await sleep(50)
  }
}

export interface SidesOptions {
  /** Are controllers at work: those of kube-controller-manager that the embedded server has its own of? Default: none are. */
  readonly controllers?: boolean
  readonly signal?: AbortSignal
}

/** The longest that they sleep on purpose are the seconds for which a failed one waits. */
const restMs = 60_000

/** A runtime that knows whether anybody is asleep in it: the embedded server's controllers are while they have something to do. */
const watchedRuntime = (): { readonly runtime: Runtime; readonly quiet: () => Promise<void> } => {
  const system = systemRuntime()
  let asleep = 0
  const counted = async (ms: number, signal?: AbortSignal): Promise<void> => {
    asleep += 1
    try {
      await system.clock.sleep(ms, signal)
    } finally {
      asleep -= 1
    }
  }
  return {
    runtime: { ...system, clock: { ...system.clock, sleep: counted } },
    quiet: async () => {
      // What wakes a controller may be under way in this process still.
      const until = performance.now() + restMs
      do {
        if (performance.now() > until) throw new Error(`the embedded server's controllers have not come to rest in ${restMs / 1_000} s`)
        await sleep(5)
      } while (asleep > 0)
    },
  }
}

/**
 * The embedded server and a real one (etcd and kube-apiserver, nothing else: no controller changes what scripts make), both with
 * kube-node's definitions and the widget's. Several scripts can run on them at once, each under a prefix of its own.
 */
export const startSides = async ({ controllers = false, signal }: SidesOptions = {}): Promise<Sides> => {
  const plane = await startControlPlane({
    ...(controllers
      ? { controllers: ['garbage-collector-controller', 'namespace-controller', 'disruption-controller', 'serviceaccount-controller'] }
      : { controllerManager: false }),
    ...(signal === undefined ? {} : { signal }),
  })
  const { quiet, runtime } = watchedRuntime()
  const people = Object.values(plane.users)
  const server = createApiServer({
    runtime,
    history: 100_000,
    controllers,
    authorization: 'rbac',
    // Where the token file of kube-apiserver lists no groups, it reads one without a name.
    tokens: Object.fromEntries(
      people.map(({ groups, name, token }) => [token, { username: name, uid: name, groups: groups.length === 0 ? [''] : groups }]),
    ),
  })
  const tokens = Object.fromEntries(people.map(({ name, token }) => [name, token]))
  const real = createClient({ url: plane.server, caPem: plane.caPem, token: plane.adminToken })
  const embedded = createClient({ url: (await server.listen()).url, token: plane.adminToken })
  const stop = async (): Promise<void> => {
    real.close()
    embedded.close()
    await server[Symbol.asyncDispose]()
    await plane.stop()
  }
  try {
    await Promise.all([prepare(embedded), prepare(real)])
    await Promise.all([preparePolicies(embedded), preparePolicies(real)])
    for (const client of [embedded, real]) await letDeveloperAct(client, plane.users.developer.token)
  } catch (error) {
    await stop()
    throw error
  }
  // So that here, too, what comes before the first custom object is too old.
  server.compact()
  let scripts = 0
  return {
    nextId: () => `f${(scripts += 1)}`,
    compact: {
      embedded: () => Promise.resolve(server.compact()),
      real: async () => {
        await plane.compact()
        await plane.apiServer.stop()
        await plane.apiServer.start()
        await served(real)
      },
    },
    embedded: { name: 'embedded', client: embedded, tokens, cached: false, ...(controllers ? { quiet } : {}) },
    real: { name: 'real', client: real, tokens, cached: true },
    [Symbol.asyncDispose]: stop,
  }
}

const json = { 'content-type': 'application/json' }

/** The script's two namespaces, with the service account that pods need. */
export const openStage = async ({ client }: Side, id: string): Promise<void> => {
  for (const ns of [`${id}-x`, `${id}-y`]) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ns } }
    await client.ask({ method: 'POST', path: '/api/v1/namespaces', headers: json, body: JSON.stringify(namespace) })
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' }, automountServiceAccountToken: false }
    const accounts = `/api/v1/namespaces/${ns}/serviceaccounts`
    await client.ask({ method: 'POST', path: accounts, headers: json, body: JSON.stringify(account) })
    // A controller may have been faster.
    const headers = { 'content-type': 'application/merge-patch+json' }
    await client.ask({ method: 'PATCH', path: `${accounts}/default`, headers, body: '{"automountServiceAccountToken":false}' })
  }
}

interface Named {
  readonly metadata: { readonly name: string; readonly finalizers?: readonly string[] }
}

const namesIn = (body: unknown): readonly Named[] => {
  const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : []
  // Border: items of a list that was asked for as JSON have names.
  return Array.isArray(items) ? (items as readonly Named[]) : []
}

/** Takes away all that the script left behind, finalizers or not. */
export const clearStage = async ({ client }: Side, id: string, script: Script): Promise<void> => {
  const dropAll = async (collection: string, own: (name: string) => boolean, isDefinition = false): Promise<void> => {
    const { body } = await client.ask({ method: 'GET', path: collection })
    for (const { metadata } of namesIn(body)) {
      if (!own(metadata.name)) continue
      const path = `${collection}/${encodeURIComponent(metadata.name)}`
      if ((metadata.finalizers ?? []).length > 0 && !isDefinition) {
        const headers = { 'content-type': 'application/merge-patch+json' }
        await client.ask({ method: 'PATCH', path, headers, body: '{"metadata":{"finalizers":null}}' })
      }
      await client.ask({ method: 'DELETE', path: `${path}?gracePeriodSeconds=0` })
    }
  }
  const touched = new Set(script.steps.map(step => (step.ns === undefined ? step.resource : `${step.resource}/${step.ns}`)))
  for (const place of touched) {
    const [resource = '', ns] = place.split('/')
    if (!isResource(resource) || isReview(resource) || isRights({ resource }) || leftAlone.has(resource)) continue
    const { namespaced, root } = resources[resource]
    if (!namespaced)
      await dropAll(
        `${root}/${resource}`,
        name => name.includes(`${id}-`) || name.includes(`${id}.`),
        resource === 'customresourcedefinitions',
      )
    else if (ns !== undefined) await dropAll(`${root}/namespaces/${id}-${ns}/${resource}`, () => true)
  }
  if (script.steps.some(isRights)) {
    const root = '/apis/rbac.authorization.k8s.io/v1'
    for (const plural of ['clusterrolebindings', 'clusterroles']) await dropAll(`${root}/${plural}`, name => name.startsWith(`${id}-`))
    for (const plural of ['rolebindings', 'roles']) await dropAll(`${root}/namespaces/${id}-x/${plural}`, () => true)
  }
  const { body } = await client.ask({ method: 'GET', path: '/api/v1/namespaces' })
  for (const { metadata } of namesIn(body)) {
    const { name } = metadata
    if (!name.startsWith(`${id}-`)) continue
    const path = `/api/v1/namespaces/${name}`
    if ((metadata.finalizers ?? []).length > 0) {
      const headers = { 'content-type': 'application/merge-patch+json' }
      await client.ask({ method: 'PATCH', path, headers, body: '{"metadata":{"finalizers":null}}' })
    }
    await client.ask({ method: 'DELETE', path })
    const finalized = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } }
    await client.ask({ method: 'PUT', path: `${path}/finalize`, headers: json, body: JSON.stringify(finalized) })
  }
}

/** They go with something else, or are no objects at all. */
const leftAlone: ReadonlySet<ResourceName> = new Set([
  'namespaces',
  'gadgets',
  'newgadgets',
  'gizmos',
  'apis',
  'discovery',
  'openapi',
  'openapis',
])

const isReview = (resource: ResourceName): boolean => resource.endsWith('reviews')

const isResource = (text: string): text is ResourceName => Object.hasOwn(resources, text)
