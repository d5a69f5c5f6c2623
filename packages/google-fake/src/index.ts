import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type Disk, type Outcome, type Project, type Vm, type Watcher, computeRoute, createProject, newVm } from './compute/index.ts'
import { type FakeGke, type Gke, gkeHands, gkeRoute } from './gke/index.ts'
import { type Answer, type Instead, type Mishap, asJson, createFaults, notFound, readRequest, refused } from './wire/index.ts'

export { type FakeGke, type Pool, type PoolStatus, containerRefused } from './gke/index.ts'
export { keyFiles } from './keys.ts'
export { type Instead, type Mishap, refused } from './wire/index.ts'
export type { Disk, Outcome, Vm } from './compute/index.ts'

export interface FakeGoogleOptions {
  readonly project?: string
  readonly zones?: readonly string[]
  /** Most items of a page, whatever is asked for. Default 500. */
  readonly pageSize?: number
  /** How long each operation takes. Milliseconds; default 5. */
  readonly tookMs?: number
  /** From the end of an insert that failed until what it had begun is gone. Milliseconds; default 0. */
  readonly undoneAfterMs?: number
  /** Milliseconds; default: the real clock. */
  readonly now?: () => number
}

/**
 * Compute Engine and GKE, as far as their providers need them, over HTTP on loopback. Each assumption names the page of Google's, or the
 * report of its users, that says so.
 */
export interface FakeGoogle extends AsyncDisposable {
  readonly url: string
  /** Of GKE's own interface. */
  readonly containerUrl: string
  /** The one cluster of this project. */
  readonly gke: FakeGke
  readonly project: string
  readonly zones: readonly string[]
  /** All VMs that are there. */
  vms(): readonly Vm[]
  /** All persistent disks that are there. */
  disks(): readonly Disk[]
  /** Hears of each change of a VM. Answers how to end it. */
  watch(watcher: Watcher): () => void
  /** What was asked for, by method, in order. */
  readonly asked: readonly string[]
  /** A VM that somebody else makes. */
  make(name: string, zone?: string): Vm
  /** Ends it, as a person does, or Google. */
  end(name: string): void
  /** Google does to it what `compute.instances.preempted` and its kin say; it is stopped, or deleted where its class wants that. */
  befall(event: string, name: string): void
  /** Which image a family means. */
  family(name: string, image: string): void
  /** How inserts end that were accepted. Answers how to lift it. */
  failing(outcome: (zone: string, type: string) => Outcome): () => void
  /** No operation of that kind (`insert`, `delete`) ends. Answers how to lift it. */
  hold(kind: string): () => void
  /** That zone can't be reached. Answers how to lift it. */
  hide(zone: string): () => void
  next(method: string, mishap: Mishap): void
  answering(instead: Instead): () => void
  /** A service account whose tokens are turned away, by what stands before the @ of its name. */
  refuse(account: string): void
}

export const startGoogle = async (options: FakeGoogleOptions = {}): Promise<FakeGoogle> => {
  const {
    project: id = 'my-project-1',
    zones = ['europe-west1-b', 'europe-west1-c', 'europe-west1-d'],
    pageSize = 500,
    tookMs = 5,
    undoneAfterMs = 0,
  } = options
  const project: Project = createProject(id, options.now ?? Date.now)
  const location = zones[0]?.replace(/-[a-z]$/, '') ?? ''
  const gke: Gke = { project, cluster: { name: 'main', location, zones, pools: new Map(), works: [] }, tookMs }
  const faults = createFaults()
  const hidden = new Set<string>()
  const refusedAccounts = new Set<string>()
  const asked: string[] = []

  const answer = async (incoming: IncomingMessage, gone: AbortSignal): Promise<Answer | 'cut' | 'hang'> => {
    const request = await readRequest(incoming, gone)
    project.operations.settle()
    // Images are read across projects.
    const own = request.path[1] === id || (request.path[2] === 'global' && request.path[0] === 'projects')
    const at = { zones, hidden, pageSize, tookMs, undoneAfterMs }
    const route = own ? (gkeRoute(gke, request, at) ?? computeRoute(project, request, at)) : undefined
    const method = route?.method ?? `${request.method} ${request.path.join('/')}`
    asked.push(method)
    const instead = faults.instead(method, request)
    if (instead) return instead
    if (request.token === '' || [...refusedAccounts].some(account => issuerOf(request.token).startsWith(`${account}@`)))
      return unauthenticated
    if (!own) return refused(403, 'forbidden', `Required 'compute.instances.list' permission for 'projects/${request.path[1]}'`)
    const mishap = faults.takeMishap(method)
    if (mishap === 'hang') return 'hang'
    const given = route ? await route.run() : notFound(incoming.url ?? '')
    return mishap === 'lost' ? 'cut' : given
  }

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const given = await answer(incoming, gone.signal)
    if (given === 'hang') return
    if (given === 'cut') return void incoming.socket.destroy()
    response.writeHead(given.status, { 'content-type': 'application/json; charset=UTF-8', ...given.headers })
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body))
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake of Google has no port')

  return {
    url: `http://127.0.0.1:${address.port}/compute/v1`,
    containerUrl: `http://127.0.0.1:${address.port}/v1`,
    gke: gkeHands(gke),
    project: id,
    zones,
    asked,
    vms() {
      project.operations.settle()
      return [...project.vms]
    },
    disks() {
      project.operations.settle()
      return [...project.disks]
    },
    watch(watcher) {
      project.watchers.add(watcher)
      return () => void project.watchers.delete(watcher)
    },
    make(name, zone = zones[0] ?? '') {
      const vm = newVm(project, { name, zone, status: 'RUNNING', asked: { machineType: `zones/${zone}/machineTypes/e2-small` } })
      project.add(vm)
      return vm
    },
    end(name) {
      for (const vm of project.vms) if (vm.name === name) project.remove(vm)
    },
    befall(event, name) {
      for (const vm of [...project.vms].filter(each => each.name === name)) {
        const stays = event.includes('migrate')
        const isDeleted = event.includes('preempted') && isDeletedWhenPreempted(vm)
        if (!stays) project.turn(vm, 'STOPPING')
        project.operations.begin({ kind: event, zone: vm.zone, target: vm.name, targetId: vm.id }, { tookMs }, () => {
          if (isDeleted) project.remove(vm)
          else if (!stays) project.turn(vm, 'TERMINATED')
        })
      }
    },
    family: (name, image) => void project.families.set(name, image),
    failing(outcome) {
      project.outcome = outcome
      return () => {
        project.outcome = () => undefined
      }
    },
    hold: project.operations.hold,
    hide(zone) {
      hidden.add(zone)
      return () => void hidden.delete(zone)
    },
    next: faults.next,
    answering: faults.answering,
    refuse: account => void refusedAccounts.add(account),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const isDeletedWhenPreempted = ({ asked }: Vm): boolean => asJson(asked['scheduling'])['instanceTerminationAction'] === 'DELETE'

/** Tokens that a key has signed itself are JWTs, which say whose they are. */
const issuerOf = (token: string): string => {
  const [, payload = ''] = token.split('.')
  const claims: unknown = payload === '' ? {} : JSON.parse(Buffer.from(payload, 'base64url').toString())
  return typeof claims === 'object' && claims !== null && 'iss' in claims ? String(claims.iss) : ''
}

const unauthenticated = {
  status: 401,
  body: {
    error: {
      code: 401,
      message: 'Request had invalid authentication credentials. Expected OAuth 2 access token.',
      errors: [
        { message: 'Invalid Credentials', domain: 'global', reason: 'authError', location: 'Authorization', locationType: 'header' },
      ],
      status: 'UNAUTHENTICATED',
    },
  },
} satisfies Answer
