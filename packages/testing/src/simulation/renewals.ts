import { type CertificateSigningRequest, CertificateSigningRequests } from '@kube-node/core/api'
import { ApiError, type Client, TransportError, isAlreadyExists } from '@kube-node/core/kube'
import { type Certificate, type Identity, type Purpose, isGood, purposes } from './certificates.ts'
import type { World } from './world.ts'

/** What a kubelet's process does for its certificates, for as long as it runs. */
export interface CertificateManager {
  /** It runs, and its client certificate is good. */
  readonly isUp: boolean
  /** Asks for others now, whatever the time is. */
  renew(): void
  stop(): void
}

export interface CertificateManagerOptions {
  readonly world: World
  /** Whose it is, for the story. */
  readonly what: string
  /** What is there, and becomes other. A client certificate is there. */
  readonly held: Map<Purpose, Certificate>
  /** The machine runs, and what it has is on this disk. */
  readonly isUp: () => boolean
  readonly clientOf: (by: Identity) => Client
  /** A request with another key. */
  readonly requestOf: (purpose: Purpose) => CertificateSigningRequest['spec']
  readonly certificateOf: (request: CertificateSigningRequest) => Certificate | undefined
}

/** Between two looks at a request. */
const firstLookMs = 1_000
const longestLookMs = 30_000
/** client-go waits so long for one request, and makes another one then. */
const patienceMs = 15 * 60_000

/** As those of kubelet 1.37: at its time another certificate is asked for, with another key, by whoever the client certificate names. */
export const keepCertificates = (options: CertificateManagerOptions): CertificateManager => {
  const { world, what, held } = options
  const sleepers = new Set<() => void>()
  let stopped = false
  const client = (): Certificate | undefined => held.get('client')
  const isUp = (): boolean => !stopped && options.isUp() && isGood(client(), world.wall)

  const sleepUntil = async (wall: number, label: string): Promise<void> => {
    await new Promise<void>(resolve => {
      const wake = (): void => {
        sleepers.delete(wake)
        cancel()
        resolve()
      }
      const cancel = world.at(wall - world.wall, label, wake)
      sleepers.add(wake)
    })
  }

  const obtain = async (purpose: Purpose): Promise<Certificate | undefined> => {
    const spec = options.requestOf(purpose)
    const until = world.now + patienceMs
    let name: string | undefined
    for (let look = 0; world.now < until; look++) {
      await world.runtime.clock.sleep(Math.min(firstLookMs * 2 ** look, longestLookMs))
      const by = client()
      if (!by || !isUp()) return undefined
      try {
        const api = options.clientOf(by.identity)
        const known = name === undefined ? undefined : await api.get(CertificateSigningRequests, { name })
        const sent = known ?? (await sendRequest(api, undefined, spec))
        name = sent.metadata?.name
        const certificate = options.certificateOf(sent)
        if (certificate) return certificate
      } catch (error) {
        if (!ApiError.is(error) && !TransportError.is(error)) throw error
        world.note(`${what} could not ask for its ${purpose} certificate`)
      }
    }
    return undefined
  }

  const keep = async (purpose: Purpose): Promise<void> => {
    for (let n = 0; isUp(); n++) {
      const wall = held.get(purpose)?.renewAt ?? world.wall
      if (wall > world.wall) await sleepUntil(wall, `${what} needs another ${purpose} certificate #${n}`)
      const certificate = isUp() && (held.get(purpose)?.renewAt ?? 0) <= world.wall ? await obtain(purpose) : undefined
      if (certificate && isUp()) held.set(purpose, certificate)
    }
    if (purpose === 'client' && !stopped && options.isUp()) world.tell(`the certificate of the kubelet of ${what} has expired`)
  }

  for (const purpose of purposes) keep(purpose).catch((error: unknown) => world.tell(`a simulated kubelet broke: ${String(error)}`))

  return {
    get isUp() {
      return isUp()
    },
    renew() {
      for (const certificate of held.values()) certificate.renewAt = Math.min(certificate.renewAt, world.wall)
      for (const wake of [...sleepers]) wake()
    },
    stop() {
      stopped = true
    },
  }
}

/** A request of that name, or of one that the API server chooses. */
export const sendRequest = async (
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
