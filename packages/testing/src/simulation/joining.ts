import { type CertificateSigningRequest, CertificateSigningRequests } from '@kube-node/core/api'
import { type Client, type KubeResponse, type KubeTransport, createClient } from '@kube-node/core/kube'
import type { SimulatedCloud, SimulatedMachine } from '../cloud/index.ts'
import { type KeyPair, type RequestStory, certificateRequest } from '../server/index.ts'
import {
  type Certificate,
  type Identity,
  type Purpose,
  certificateIn,
  isGood,
  purposes,
  requestOf,
  shortestLifeSeconds,
} from './certificates.ts'
import { keysFrom } from './keys.ts'
import { type CertificateManager, keepCertificates, sendRequest } from './renewals.ts'
import { type Told, toldIn, toldOf } from './userData.ts'
import type { World } from './world.ts'

/** How machines come to be nodes, and stay so: by what their user data or steps tell them, and nothing else. */
export interface Joining {
  /** What it was told; undefined while it was told nothing. */
  told(machine: SimulatedMachine): Told | undefined
  /** Steps that say other than before are done on that machine: where the token is another, its kubelet starts anew with another key. */
  deliver(machineId: string, steps: string): void
  /** Hears of machines that were told something by steps, when they have been. */
  onDelivery(listener: (machine: SimulatedMachine) => void): Disposable
  /** One try of a kubelet to get in. It goes on where the last one stopped, as what it has is on its disk. */
  joinAs(machine: SimulatedMachine): Promise<KubeTransport>
  /** The process of that machine's kubelet ends, and whatever it was about to get. */
  halt(machineId: string): void
  /** The next start of that machine's kubelet finds an empty disk: it makes another key. */
  wipe(machineId: string): void
  /** Whoever shows that token. @throws Error when the API server does not take it. */
  identify(token: string): Promise<Identity>
  /** Asks for a certificate, with a key of one's own: as a kubelet does, and as a thief. */
  ask(by: Identity, name: string, purpose: Purpose, story: RequestStory, keys: KeyPair): Promise<void>
  /** Its kubelet has a certificate of its own that is good, or was told nothing and needs none. */
  isIn(machine: SimulatedMachine): boolean
  /** Who its kubelet is, while it runs and may ask for other certificates. */
  holder(machineId: string): Identity | undefined
  /** Its kubelet asks for other certificates now. */
  renew(machineId: string): void
  /** In words, which certificate its kubelet lacks, or should have renewed; undefined for none, and where it was told nothing. */
  lacks(machine: SimulatedMachine): string | undefined
}

export interface JoiningOptions {
  readonly world: World
  readonly cloud: SimulatedCloud
  /** That machine does not join before it was told how. */
  readonly awaitsSteps: (machine: SimulatedMachine) => boolean
  /** The process of that machine's kubelet starts anew. */
  readonly restart: (machineId: string) => void
  /** For whoever was told nothing, and comes in by the front door. */
  readonly open: KubeTransport
  /** The way of somebody: through all weathers while it asks for certificates, and through fair ones otherwise. */
  readonly way: (identity: Identity, sort: 'joining' | 'joined') => KubeTransport
}

/** What is left of a kubelet when its process ends. */
interface Disk {
  /** What its keys follow from. */
  readonly seed: string
  readonly keys: KeyPair
  /** The name of the request that was sent first. */
  readonly request: string
  asked: boolean
  readonly certificates: Map<Purpose, Certificate>
}

/** Of a certificate that should be another one by now, how long that is nothing to speak of: requests take their time. Milliseconds. */
const graceMs = 60_000

export const createJoining = ({ world, cloud, open, way, awaitsSteps, restart }: JoiningOptions): Joining => {
  const delivered = new Map<string, { readonly steps: string; readonly told: Told | undefined }>()
  const deliveries = new Set<(machine: SimulatedMachine) => void>()
  const disks = new Map<string, Disk>()
  const wiped = new Map<string, number>()
  const managers = new Map<string, CertificateManager>()
  const { clock } = world.runtime
  const signal = new AbortController().signal

  const diskOf = (machine: SimulatedMachine): Disk => {
    const times = wiped.get(machine.id) ?? 0
    const known = disks.get(machine.id)
    if (known) return known
    const seed = `${world.seed} ${machine.id} ${times}`
    const fresh = {
      seed,
      keys: keysFrom(seed),
      request: `node-csr-${machine.id}-${times}`,
      asked: false,
      certificates: new Map<Purpose, Certificate>(),
    }
    disks.set(machine.id, fresh)
    return fresh
  }

  const identify = async (token: string): Promise<Identity> => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } }
    const answer = await open.request({ method: 'POST', path: '/apis/authentication.k8s.io/v1/tokenreviews', body, signal })
    // The API server answers a TokenReview here: the cast at the border.
    const { status } = answer.body as unknown as {
      readonly status?: { readonly user?: { readonly username?: string; readonly groups?: readonly string[] } }
    }
    const { username, groups = [] } = status?.user ?? {}
    if (username === undefined) throw new Error('401 Unauthorized: the API server does not know the token')
    return { user: username, groups }
  }

  const clientOf = (by: Identity, sort: 'joining' | 'joined'): Client => createClient({ transport: way(by, sort), clock })

  /** As kubelet 1.37 does with a bootstrap kubeconfig. */
  const certified = async (machine: SimulatedMachine, disk: Disk, token: string, hostname: string): Promise<Certificate> => {
    const client = clientOf(await identify(token), 'joining')
    const { request: name } = disk
    const wanted = requestOf('client', certificateRequest({ commonName: `system:node:${hostname}` }, disk.keys), lifetimeOf(disk))
    const request = disk.asked ? await client.get(CertificateSigningRequests, { name }) : await sendRequest(client, name, wanted)
    disk.asked = request !== undefined
    const certificate = request && certificateOf(disk, request)
    if (!certificate) throw new Error(`the certificate of ${machine.id} is not signed yet`)
    if (!isGood(certificate, world.wall)) throw new Error(`the certificate of ${machine.id} has expired`)
    return certificate
  }

  /** Each machine has its own, so that they do not all ask at once. Seconds. */
  const lifetimeOf = ({ seed }: Disk): number => shortestLifeSeconds + Math.floor(world.draw(`lifetime ${seed}`) * shortestLifeSeconds)

  const certificateOf = ({ seed }: Disk, request: CertificateSigningRequest): Certificate | undefined =>
    certificateIn(request, world.draw(`renewal ${seed} ${request.metadata?.uid ?? ''}`))

  const manage = (machine: SimulatedMachine, disk: Disk, hostname: string): CertificateManager => {
    let keys = 0
    return keepCertificates({
      world,
      what: `${machine.id} (${hostname})`,
      held: disk.certificates,
      isUp: () => disks.get(machine.id) === disk && cloud.machine(machine.id)?.state === 'running',
      clientOf: by => clientOf(by, 'joining'),
      requestOf(purpose) {
        const names = purpose === 'serving' ? { dns: [hostname], ips: [machine.address] } : {}
        const story = { commonName: `system:node:${hostname}`, ...names }
        return requestOf(purpose, certificateRequest(story, keysFrom(`${disk.seed} ${world.now} ${++keys}`)), lifetimeOf(disk))
      },
      certificateOf: request => certificateOf(disk, request),
    })
  }

  /** Of a kubelet whose certificate has expired, the API server takes nothing. */
  const asHolder = ({ certificates }: Disk, identity: Identity): KubeTransport => {
    const inner = way(identity, 'joined')
    return {
      ...inner,
      request: async request => (isGood(certificates.get('client'), world.wall) ? inner.request(request) : unauthorized),
    }
  }

  const told = (machine: SimulatedMachine): Told | undefined => {
    const bySteps = delivered.get(machine.id)
    return bySteps ? bySteps.told : toldOf(machine)
  }

  const wipe = (machineId: string): void => {
    wiped.set(machineId, (wiped.get(machineId) ?? 0) + 1)
    disks.delete(machineId)
  }

  return {
    told,
    deliver(machineId, steps) {
      const machine = cloud.machine(machineId)
      if (!machine || delivered.get(machineId)?.steps === steps) return
      const before = told(machine)
      const now = toldIn(steps)
      delivered.set(machineId, { steps, told: now })
      if (before && before.token !== now?.token) {
        wipe(machineId)
        restart(machineId)
      }
      for (const listener of [...deliveries]) listener(machine)
    },
    onDelivery(listener) {
      deliveries.add(listener)
      return { [Symbol.dispose]: () => void deliveries.delete(listener) }
    },
    identify,
    async ask(by, name, purpose, story, keys) {
      await sendRequest(clientOf(by, 'joined'), name, requestOf(purpose, certificateRequest(story, keys), shortestLifeSeconds))
    },
    halt(machineId) {
      managers.get(machineId)?.stop()
      managers.delete(machineId)
    },
    wipe,
    async joinAs(machine) {
      const how = told(machine)
      if (!how && awaitsSteps(machine)) throw new Error(`nothing on ${machine.id} says how to join`)
      if (!how) return open
      const { token, hostname = machine.nodeName ?? '' } = how
      const disk = diskOf(machine)
      const there = disk.certificates.get('client')
      const certificate = there && isGood(there, world.wall) ? there : await certified(machine, disk, token, hostname)
      disk.certificates.set('client', certificate)
      if (!managers.has(machine.id)) managers.set(machine.id, manage(machine, disk, hostname))
      return asHolder(disk, certificate.identity)
    },
    isIn: machine => (told(machine) ? isGood(disks.get(machine.id)?.certificates.get('client'), world.wall) : !awaitsSteps(machine)),
    holder: machineId => (managers.get(machineId)?.isUp === true ? disks.get(machineId)?.certificates.get('client')?.identity : undefined),
    renew: machineId => managers.get(machineId)?.renew(),
    lacks(machine) {
      if (told(machine) === undefined) return undefined
      for (const purpose of purposes) {
        const certificate = disks.get(machine.id)?.certificates.get(purpose)
        if (!certificate) return `has no ${purpose} certificate`
        const { expiresAt, renewAt } = certificate
        if (expiresAt <= world.wall) return `has a ${purpose} certificate that has expired`
        const overdueMs = world.wall - renewAt
        if (overdueMs > graceMs) return `should have had another ${purpose} certificate ${Math.round(overdueMs / 1_000)} s ago`
      }
      return undefined
    },
  }
}

const unauthorized: KubeResponse = {
  status: 401,
  headers: {},
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401, message: 'Unauthorized' },
}
