import type { Json, KubeTransport } from '@kube-node/core/kube'
import type { Log, Runtime } from '@kube-node/core/runtime'
import { createAdmission } from './admission/index.ts'
import { type TokenUser, allowAll, authentication, bootObjects, createImpersonation, rbac } from './authorization/index.ts'
import { certificateSigner } from './certificates/index.ts'
import type { Context } from './context.ts'
import {
  type Controller,
  customResourceCleanup,
  customResources,
  disruptionController,
  eventExpiry,
  garbageCollector,
  localClient,
  namespaceController,
} from './controllers/index.ts'
import { type Fault, type Faults, faultBook, faultyDoor } from './faults/index.ts'
import { type RequestRecord, createHandler } from './handler/index.ts'
import { type Listener, kubeconfigFor, listen } from './http/index.ts'
import { inProcessTransport } from './in-process-transport.ts'
import { Registry } from './registry/index.ts'
import { type User, administrator } from './request/index.ts'
import { builtinDefinitions } from './schema/index.ts'
import { reviewDefinitions } from './subresources/index.ts'
import { type Backup, Storage } from './storage/index.ts'

export interface ApiServerOptions {
  /** Time and chance: names, uids, timestamps, bookmarks, and when the garbage collector works. */
  readonly runtime: Runtime
  readonly log?: Log
  /** Changes of each kind that watches and pages can go back over. Default: 10,000. */
  readonly history?: number
  /** What goes wrong from the start, for clients; the server's own controllers are spared. Default: nothing. */
  readonly faults?: readonly Fault[]
  /**
   * Who may do what. `allow`: everybody everything. `rbac`: what stored roles and bindings say; `system:masters` everything. The roles
   * and bindings that every cluster has (cluster-admin, system:discovery, system:node and so on) are there from the start then.
   * Default: allow.
   */
  readonly authorization?: 'allow' | 'rbac'
  /**
   * Bearer tokens for HTTP and TokenReview: whose is it? Once given, bootstrap tokens stored in kube-system count as well.
   * Default: none; then whoever comes over HTTP is the administrator.
   */
  readonly tokens?: Readonly<Record<string, string | TokenUser>>
  /** With `tokens`, those who bring none are `system:anonymous`, or are refused with 401. Default: allow. */
  readonly anonymous?: 'allow' | 'refuse'
  /**
   * Does the server itself do kube-controller-manager's part: collect garbage, empty namespaces, keep disruption budgets' status?
   * Default: true. False where nobody shall, or where a real kube-controller-manager does.
   */
  readonly controllers?: boolean
  /**
   * Are approved CertificateSigningRequests of the `kubernetes.io` signers signed, by an authority of this server's own? Nothing is
   * ever approved by the server. Default: what `controllers` says.
   */
  readonly signCertificates?: boolean
}

export interface ApiServer extends AsyncDisposable {
  /** A client's way in, in this process. Default user: an administrator. */
  transport(options?: {
    readonly user?: string
    readonly groups?: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }): KubeTransport
  /**
   * Serves on 127.0.0.1 as well, for kubectl and other programs. Ends with the server.
   * @throws the socket's error when the port is taken. Default port: any free one.
   */
  listen(options?: { readonly port?: number }): Promise<Listener>
  /**
   * Text of a kubeconfig for the last `listen()`. A user other than the administrator is one by impersonation.
   * @throws Error when the server does not listen.
   */
  kubeconfig(options?: { readonly user?: string; readonly groups?: readonly string[] }): string
  /** What is stored, for tests to look at from outside. Objects are shared and frozen. */
  readonly store: StoreView
  /** Tells of every answered request from now on. Answers how to stop. */
  onRequest(listener: (record: RequestRecord) => void): () => void
  /** Forgets the past: watches from before get 410 Gone, as after etcd's compaction. */
  compact(): void
  /** PEM of the authority that signs approved certificate requests. It is made at the first need. */
  certificateAuthority(): string
  /** What goes wrong between clients and this server, in this process and over HTTP alike. */
  readonly faults: Faults
  /** All that is stored, at this moment: a backup. It stays good whatever happens later, and for other servers too. */
  snapshot(): Snapshot
  /**
   * The cluster restored from a backup: everything written since is forgotten, resourceVersions go back and will be given out a
   * second time, watches end. Machines, kubelets and clients know nothing of it.
   */
  restore(snapshot: Snapshot): void
}

/** What `snapshot()` took. JSON, so that it can be kept and compared. */
export interface Snapshot {
  readonly resourceVersion: string
  readonly content: Backup
}

export interface StoreView {
  /** Of the last write. */
  readonly resourceVersion: string
  get(resource: ResourceKey, key: { readonly namespace?: string; readonly name: string }): Json | undefined
  list(resource: ResourceKey, namespace?: string): readonly Json[]
}

export interface ResourceKey {
  readonly group: string
  readonly plural: string
}

const bootNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default']

/** A Kubernetes API server in this process, without binaries, sockets or files. Starts in milliseconds. */
export const createApiServer = (options: ApiServerOptions): ApiServer => {
  const { runtime, log = () => undefined, history = 10_000, faults = [], authorization = 'allow', anonymous = 'allow', tokens } = options
  const storage = new Storage(history)
  const authenticator = authentication({ storage, clock: runtime.clock, tokens, anonymous })
  const authorize = authorization === 'rbac' ? rbac(storage) : allowAll
  const security = {
    authorize,
    impersonation: createImpersonation(authorize),
    authentication: authenticator,
    rbac: authorization === 'rbac',
    tokens: tokens !== undefined,
  }
  const registry = new Registry([...builtinDefinitions(), ...reviewDefinitions])
  const context: Context = { runtime, log, storage, writtenOtherwise: new WeakMap(), registry, security }
  const custom = customResources(context)
  const listeners = new Set<(record: RequestRecord) => void>()
  const sockets = new Set<Listener>()
  let open = true

  const expiry = eventExpiry(context)
  storage.observe(custom.note)
  storage.observe(expiry.note)
  const record = (make: () => RequestRecord): void => {
    if (listeners.size === 0) return
    const made = make()
    for (const listener of listeners) listener(made)
  }
  const handler = createHandler({
    context,
    admission: createAdmission(context),
    afterWrite: () => {
      custom.settle()
      expiry.settle()
    },
    record,
    address: () => [...sockets].at(-1)?.url.replace('http://', '') ?? '127.0.0.1',
  })
  const book = faultBook(runtime, faults)
  const door = faultyDoor({ handler, book, clock: runtime.clock, revision: () => storage.revision, record })
  const signer = certificateSigner(context, localClient(handler, 'certificate-controller'))
  const managed = (): readonly Controller[] => [
    garbageCollector(context, localClient(handler, 'generic-garbage-collector')),
    namespaceController(context, localClient(handler, 'namespace-controller')),
    disruptionController(context),
  ]
  const cleanup = customResourceCleanup(context, localClient(handler, 'apiextensions-apiserver'))
  const controllers: Controller[] = options.controllers === false ? [cleanup] : [cleanup, ...managed()]
  if (options.signCertificates ?? options.controllers !== false) controllers.push(signer)
  for (const controller of controllers) storage.observe(controller.note)
  const boot: User = { username: 'system:apiserver', groups: ['system:masters'] }
  for (const name of bootNamespaces) {
    handler({ method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } }, boot)
  }
  if (security.rbac) for (const [path, body] of bootObjects()) handler({ method: 'POST', path, body }, boot)

  return {
    transport: (options = {}) =>
      inProcessTransport({
        door,
        user:
          options.user === undefined
            ? administrator
            : {
                username: options.user,
                groups: options.groups ?? ['system:authenticated'],
                ...(options.extra === undefined ? {} : { extra: options.extra }),
              },
        isOpen: () => open,
      }),
    listen: async ({ port = 0 } = {}) => {
      if (!open) throw new Error('the embedded API server is closed')
      const socket = await listen({ authenticate: headers => authenticator.userOf(headers), door, log, port })
      const listener = {
        url: socket.url,
        close: async () => {
          if (sockets.delete(listener)) await socket.close()
        },
      }
      sockets.add(listener)
      return listener
    },
    kubeconfig: ({ user, groups = [] } = {}) => {
      const last = [...sockets].at(-1)
      if (last === undefined) throw new Error('the embedded API server does not listen: call listen() first')
      return kubeconfigFor(last.url, user === undefined ? undefined : { username: user, groups })
    },
    store: {
      get resourceVersion() {
        return String(storage.revision)
      },
      // Border: stored objects are JSON by construction.
      get: (resource, { namespace, name }) => storage.get(resource, namespace, name) as Json | undefined,
      list: (resource, namespace) =>
        storage
          .collection(resource)
          .now(storage.revision)
          .objects.filter(object => namespace === undefined || object.metadata.namespace === namespace) as unknown as readonly Json[],
    },
    onRequest: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    compact: () => storage.compact(),
    certificateAuthority: () => signer.authority().certificate,
    faults: { add: fault => book.add(fault), clear: () => book.clear() },
    snapshot: () => ({ resourceVersion: String(storage.revision), content: storage.backup() }),
    restore: ({ content }) => {
      storage.restore(content)
      custom.settle()
    },
    async [Symbol.asyncDispose]() {
      open = false
      for (const controller of controllers) controller.close()
      storage.close()
      await Promise.all([...sockets].map(socket => socket.close()))
    },
  }
}
