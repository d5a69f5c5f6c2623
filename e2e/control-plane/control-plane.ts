import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileName, findTools } from '../tools/cache.mjs'
import type { ToolName } from '../tools/cache.mjs'
import { auditFlags } from './audit.ts'
import { describeExit, startComponent } from './component.ts'
import type { Component } from './component.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from './flags.ts'
import type { Rate, Site } from './flags.ts'
import { compactEtcd } from './etcd.ts'
import { createKubectl } from './kubectl.ts'
import type { Kubectl } from './kubectl.ts'
import { writePki } from './pki.ts'
import { freePort } from './ports.ts'
import { probe } from './probe.ts'
import { createSupervisor } from './supervisor.ts'
import type { Supervisor } from './supervisor.ts'
import { writeUsers } from './users.ts'
import type { User, UserName } from './users.ts'

export type ComponentName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler'

export interface ControlPlaneOptions {
  /** Stops the start, and later the whole control plane. */
  readonly signal?: AbortSignal
  /** A folder for data and logs, empty or not there yet; it is kept. Default: one in the system's temporary folder, removed at the end. */
  readonly dir?: string
  /** Default true. Without it nothing is garbage collected and no service account appears. */
  readonly controllerManager?: boolean
  /**
   * Which of kube-controller-manager's controllers run, by name. Default: all. `serviceaccount-controller` must be among them: what it
   * makes tells that they run.
   */
  readonly controllers?: readonly string[]
  /** Default false. */
  readonly scheduler?: boolean
  /** Admission plugins to switch on beside NodeRestriction and the API server's defaults. */
  readonly admission?: readonly string[]
  /** Requests a second, and at once, that kube-controller-manager may make. Default 200 and 400. */
  readonly controllerManagerRate?: Rate
  /** Seconds for which kube-controller-manager believes a kubelet that says nothing any more. Default: its own, 50. */
  readonly nodeMonitorGraceSeconds?: number
  /** Names of the users whose requests are put on record, for `readAudit`. Default: nobody's. */
  readonly audited?: readonly string[] | 'everybody'
  /** An address at which machines reach the API server's port, for its certificate: the way there is up to the caller. */
  readonly gateway?: string
}

/** A real Kubernetes control plane on loopback. `await using` it, or call `stop`. */
export interface ControlPlane extends AsyncDisposable {
  /** Path of the administrator's kubeconfig file. */
  readonly kubeconfig: string
  /** `https://127.0.0.1:<port>` */
  readonly server: string
  /** The certificate authority of `server`. */
  readonly caPem: string
  /** Bearer token of the administrator. */
  readonly adminToken: string
  readonly users: Readonly<Record<UserName, User>>
  /** Where everything lies, the logs among it as `<component>.log`. */
  readonly dir: string
  /** kubectl of the same version, as the administrator unless told otherwise. */
  readonly kubectl: Kubectl
  /** For outages: everything else keeps running, and the address and the data stay the same. */
  readonly apiServer: {
    /**
     * SIGKILL (default) is a crash: every connection breaks at once. With SIGTERM it stops listening at once but lets open watches
     * live on (seen on 1.37: for up to a minute), until it is killed after 10 s. Resolves when the process is gone.
     */
    stop(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
    /**
     * Resolves when it is ready again. Clients that come before (seen on 1.37) get 403 for a moment: RBAC has not read its rules yet.
     */
    start(): Promise<void>
  }
  /**
   * Has etcd forget everything but what is there now. kube-apiserver goes on telling what its watch cache remembers, until it is
   * started anew.
   */
  compact(): Promise<void>
  /** What a component has logged so far; throws when it was not started. */
  logs(component: ComponentName): Promise<string>
  /** Ids of all processes that belong to it. */
  pids(): number[]
  /** Of a component's process; undefined when it was not started. */
  pidOf(component: ComponentName): number | undefined
  /** Ends everything. Throws when a component had ended by itself before, with its last log lines. May be called again. */
  stop(): Promise<void>
}

async function prepareDir(dir: string | undefined): Promise<string> {
  if (dir === undefined) return mkdtemp(join(tmpdir(), 'kube-node-e2e-'))
  await mkdir(dir, { recursive: true })
  if ((await readdir(dir)).length > 0) throw new Error(`${dir} is not empty: a control plane starts from nothing`)
  return dir
}

async function prepareSite(dir: string, { gateway, signal }: ControlPlaneOptions): Promise<Site> {
  const ports = {
    etcdClient: await freePort(),
    etcdPeer: await freePort(),
    apiServer: await freePort(),
    controllerManager: await freePort(),
    scheduler: await freePort(),
  }
  const pki = await writePki(join(dir, 'pki'), gateway, signal)
  const server = `https://127.0.0.1:${ports.apiServer}`
  return { dir, ports, server, pki, users: await writeUsers(dir, server, pki.caPem) }
}

function wantedComponents({ controllerManager = true, scheduler = false }: ControlPlaneOptions): ComponentName[] {
  const wanted: ComponentName[] = ['etcd', 'kube-apiserver']
  if (controllerManager) wanted.push('kube-controller-manager')
  if (scheduler) wanted.push('kube-scheduler')
  return wanted
}

interface StartedComponents {
  /** The latest of each name. */
  readonly started: ReadonlyMap<ComponentName, Component>
  startApiServer(): Promise<void>
}

/** Path of a program. */
type Binary = (name: ToolName) => string

async function startComponents(
  site: Site,
  binary: Binary,
  supervisor: Supervisor,
  options: ControlPlaneOptions,
): Promise<StartedComponents> {
  const { signal, admission = [], audited = [] } = options
  const { ports, pki, users } = site
  const wanted = wantedComponents(options)
  const started = new Map<ComponentName, Component>()
  const start = (name: ComponentName, flags: readonly string[]): Component => {
    const component = startComponent(supervisor, name, binary(name), flags, logFile(site.dir, name))
    started.set(name, component)
    return component
  }
  const healthy = (url: string) => (): Promise<string | undefined> => {
    return probe(url, { caPem: pki.caPem, token: users.people.admin.token, signal })
  }
  const startApiServer = async (): Promise<void> => {
    if (started.get('kube-apiserver')?.running() === true) throw new Error('kube-apiserver is running: stop it first')
    const audit = audited.length === 0 ? [] : await auditFlags(site.dir, audited)
    await start('kube-apiserver', [...apiServerFlags(site, admission), ...audit]).ready(healthy(`${site.server}/readyz`), signal)
  }

  await start('etcd', etcdFlags(site)).ready(healthy(`http://127.0.0.1:${ports.etcdClient}/readyz`), signal)
  await startApiServer()
  const clients: Promise<void>[] = []
  if (wanted.includes('kube-controller-manager')) {
    // It reports healthy before its controllers run; when this object is there, they do, and pods can be created.
    const serviceAccount = `${site.server}/api/v1/namespaces/default/serviceaccounts/default`
    clients.push(start('kube-controller-manager', controllerManagerFlags(site, options)).ready(healthy(serviceAccount), signal))
  }
  if (wanted.includes('kube-scheduler')) {
    clients.push(start('kube-scheduler', schedulerFlags(site)).ready(healthy(`https://127.0.0.1:${ports.scheduler}/readyz`), signal))
  }
  await Promise.all(clients)
  return { started, startApiServer }
}

function logFile(dir: string, name: ComponentName): string {
  return join(dir, `${name}.log`)
}

async function crashReport(components: Iterable<Component>): Promise<string | undefined> {
  const reports: string[] = []
  for (const component of components) {
    const crash = component.crash()
    if (crash !== undefined) reports.push(`${component.name} ${describeExit(crash)}, unasked:\n${await component.lastLines()}`)
  }
  return reports.length === 0 ? undefined : reports.join('\n')
}

/**
 * Starts etcd and kube-apiserver, and kube-controller-manager and kube-scheduler as asked, each with ports and certificates of its own,
 * so that several control planes can run side by side. Resolves when all of them are ready (a few seconds).
 * Throws when a tool is missing (naming the command that builds it), when a component ends early or is not ready within 90 s
 * (with its last log lines), and when the signal fires; nothing is left running then.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { signal } = options
  signal?.throwIfAborted()
  const binaries = findTools([...wantedComponents(options), 'kubectl'])
  const binary: Binary = name => join(binaries, fileName(name))
  const dir = await prepareDir(options.dir)
  const supervisor = createSupervisor()
  const release = async (): Promise<void> => {
    await supervisor.stop()
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true })
  }

  let site: Site
  let components: StartedComponents
  try {
    site = await prepareSite(dir, options)
    components = await startComponents(site, binary, supervisor, options)
    signal?.throwIfAborted()
  } catch (error) {
    await release()
    throw error
  }

  const { started, startApiServer } = components
  const { admin } = site.users.people
  let stopping: Promise<void> | undefined
  const stopOnce = async (): Promise<void> => {
    signal?.removeEventListener('abort', stop)
    const report = await crashReport(started.values())
    await release()
    if (report !== undefined) throw new Error(report)
  }
  const stop = (): Promise<void> => (stopping ??= stopOnce())
  signal?.addEventListener('abort', stop, { once: true })

  return {
    kubeconfig: admin.kubeconfig,
    server: site.server,
    caPem: site.pki.caPem,
    adminToken: admin.token,
    users: site.users.people,
    dir,
    kubectl: createKubectl(supervisor, binary('kubectl'), dir, admin.kubeconfig),
    apiServer: {
      stop: async (how = 'SIGKILL') => started.get('kube-apiserver')?.stop(how),
      start: startApiServer,
    },
    compact: () => compactEtcd(`http://127.0.0.1:${site.ports.etcdClient}`, signal),
    logs: component => readFile(logFile(dir, component), 'utf8'),
    pids: () => supervisor.pids(),
    pidOf: component => started.get(component)?.pid,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
