import { X509Certificate } from 'node:crypto'
import { type CertificateSigningRequest, CertificateSigningRequests } from '@kube-node/core/api'
import { ApiError, type Client, type KubeTransport, TransportError, createClient, isAlreadyExists } from '@kube-node/core/kube'
import { type SimulatedCloud, type SimulatedMachine } from '../cloud/index.ts'
import { type KeyPair, certificateRequest } from '../server/index.ts'
import { keysFrom } from './keys.ts'
import { toldOf } from './userData.ts'
import type { World } from './world.ts'

/** Whose requests the API server takes them for. */
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

/** How machines come to be nodes: by what their user data tells them, and nothing else. */
export interface Joining {
  /** One try of a kubelet to get in. It goes on where the last one stopped, as what it has is on its disk. */
  joinAs(machine: SimulatedMachine): Promise<KubeTransport>
  /** The next start of that machine's kubelet finds an empty disk: it makes another key. */
  wipe(machineId: string): void
  /** Whoever shows that token. @throws Error when the API server does not take it. */
  identify(token: string): Promise<Identity>
  /** Asks for a client certificate, with a key of one's own: as a kubelet does, and as a thief. */
  ask(by: Identity, name: string, commonName: string, keys: KeyPair): Promise<void>
  /** Its kubelet has a certificate of its own. True for one that was told nothing. */
  isIn(machine: SimulatedMachine): boolean
  /** Its kubelet has certificates for all that it does. True for one that was told nothing. */
  isServing(machine: SimulatedMachine): boolean
}

export interface JoiningOptions {
  readonly world: World
  readonly cloud: SimulatedCloud
  /** For whoever was told nothing, and comes in by the front door. */
  readonly open: KubeTransport
  /** The way of somebody: through all weathers while it joins, and through fair ones when it has. */
  readonly way: (identity: Identity, sort: 'joining' | 'joined') => KubeTransport
}

interface Disk {
  keys: KeyPair
  /** The name of the request that was sent. */
  readonly request: string
  asked: boolean
  identity: Identity | undefined
  serving: 'not yet' | 'asked' | 'signed'
}

const signers = { client: 'kubernetes.io/kube-apiserver-client-kubelet', serving: 'kubernetes.io/kubelet-serving' }
/** Between two looks at a request for a serving certificate. */
const firstLookMs = 1_000
const longestLookMs = 30_000

export const createJoining = ({ world, cloud, open, way }: JoiningOptions): Joining => {
  const disks = new Map<string, Disk>()
  const wiped = new Map<string, number>()
  const { clock } = world.runtime
  const signal = new AbortController().signal

  const diskOf = (machine: SimulatedMachine): Disk => {
    const times = wiped.get(machine.id) ?? 0
    const known = disks.get(machine.id)
    if (known) return known
    const fresh: Disk = {
      keys: keysFrom(`${world.seed} ${machine.id} ${times}`),
      request: `node-csr-${machine.id}-${times}`,
      asked: false,
      identity: undefined,
      serving: 'not yet',
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

  const create = async (
    client: Client,
    name: string | undefined,
    spec: CertificateSigningRequest['spec'],
  ): Promise<CertificateSigningRequest> => {
    const metadata = name === undefined ? { generateName: 'csr-' } : { name }
    try {
      return await client.create(CertificateSigningRequests, { metadata, spec })
    } catch (error) {
      // Its own, from a try whose answer was lost.
      if (!isAlreadyExists(error) || name === undefined) throw error
      return (await client.get(CertificateSigningRequests, { name })) ?? Promise.reject(error)
    }
  }

  const ask: Joining['ask'] = async (by, name, commonName, keys) => {
    const spec = {
      signerName: signers.client,
      usages: ['digital signature', 'client auth'],
      request: certificateRequest({ commonName }, keys),
    }
    await create(clientOf(by, 'joined'), name, spec)
  }

  /** As kubelet 1.37 does with a bootstrap kubeconfig. */
  const certified = async (machine: SimulatedMachine, disk: Disk, token: string, hostname: string): Promise<Identity> => {
    const client = clientOf(await identify(token), 'joining')
    const { request: name } = disk
    const wanted = {
      signerName: signers.client,
      usages: ['digital signature', 'client auth'],
      request: certificateRequest({ commonName: `system:node:${hostname}` }, disk.keys),
    }
    const request = disk.asked ? await client.get(CertificateSigningRequests, { name }) : await create(client, name, wanted)
    disk.asked = request !== undefined
    const identity = request && identityIn(request)
    if (!identity) throw new Error(`the certificate of ${machine.id} is not signed yet`)
    return identity
  }

  const serve = async (machine: SimulatedMachine, disk: Disk, hostname: string, identity: Identity): Promise<void> => {
    const client = clientOf(identity, 'joining')
    const request = certificateRequest({ commonName: identity.user, dns: [hostname], ips: [machine.address] }, disk.keys)
    const spec = { signerName: signers.serving, usages: ['digital signature', 'server auth'], request }
    let name: string | undefined
    for (let look = 0; disks.get(machine.id) === disk && isUp(cloud.machine(machine.id)); look++) {
      await clock.sleep(Math.min(firstLookMs * 2 ** look, longestLookMs))
      try {
        const known = name === undefined ? undefined : await client.get(CertificateSigningRequests, { name })
        const sent = known ?? (await create(client, undefined, spec))
        name = sent.metadata?.name
        if ((sent.status?.certificate ?? '') === '') continue
        disk.serving = 'signed'
        return
      } catch (error) {
        if (!ApiError.is(error) && !TransportError.is(error)) throw error
        world.note(`${machine.id} could not ask for its serving certificate`)
      }
    }
  }

  return {
    identify,
    ask,
    wipe(machineId) {
      wiped.set(machineId, (wiped.get(machineId) ?? 0) + 1)
      disks.delete(machineId)
    },
    async joinAs(machine) {
      const told = toldOf(machine)
      if (!told) return open
      const { token, hostname = machine.nodeName ?? '' } = told
      const disk = diskOf(machine)
      disk.identity ??= await certified(machine, disk, token, hostname)
      const { identity } = disk
      if (disk.serving === 'not yet') {
        disk.serving = 'asked'
        serve(machine, disk, hostname, identity).catch((error: unknown) => world.tell(`a simulated kubelet broke: ${String(error)}`))
      }
      return way(identity, 'joined')
    },
    isIn: machine => toldOf(machine) === undefined || disks.get(machine.id)?.identity !== undefined,
    isServing: machine => toldOf(machine) === undefined || disks.get(machine.id)?.serving === 'signed',
  }
}

const isUp = (machine: SimulatedMachine | undefined): boolean => machine?.state === 'running'

/** Who the holder of the certificate is, as the API server would say; undefined while nobody has signed it. */
const identityIn = ({ status }: CertificateSigningRequest): Identity | undefined => {
  if ((status?.certificate ?? '') === '') return undefined
  const { subject } = new X509Certificate(Buffer.from(status?.certificate ?? '', 'base64'))
  const parts = subject.split('\n')
  const of = (key: string): readonly string[] => parts.flatMap(part => (part.startsWith(`${key}=`) ? [part.slice(key.length + 1)] : []))
  return { user: of('CN')[0] ?? '', groups: [...of('O'), 'system:authenticated'] }
}
