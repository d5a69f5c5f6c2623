import { generateKeyPairSync } from 'node:crypto'
import { type Controller, createManager } from '@kube-node/core'
import {
  type CertificateSigningRequest,
  CertificateSigningRequests,
  Events,
  type Node,
  Nodes,
  annotations,
  bootstrapGroup,
  finalizers,
  labels,
} from '@kube-node/core/api'
import { type BootstrapToken, type CertificateDeps, certificatePart, createToken } from '@kube-node/core/identity'
import { type KubeTransport, createClient, listAll } from '@kube-node/core/kube'
import type { MachineAddress } from '@kube-node/core/provider'
import { type KeyPair, type RequestStory, certificateRequest } from '../server/index.ts'
import { type TestCluster, mortal } from './index.ts'

export type Life = ReturnType<typeof mortal>
export const newKeys = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' })

const tokenId = 'abc123'
export const id = 'm-1'
const controller = 'kube-node.dev/controller'

/** The approver alone, with a provider that reports what the test says. */
export const approver = (addresses: () => readonly MachineAddress[] | undefined): Controller => {
  let deps: CertificateDeps | undefined
  return {
    name: 'identity',
    parts: [certificatePart(() => deps)],
    start: async context => {
      deps = {
        context,
        controller,
        machineOf: async node => {
          const known = addresses()
          const owner = { cluster: 'c', controller, claim: node.metadata?.uid ?? '', nodeName: node.metadata?.name ?? '', attempt: 1 }
          const machine = { id, providerID: `simulated://${id}`, owner, state: 'running' as const, createdAt: '2026-01-01T00:00:00Z' }
          return known === undefined ? machine : { ...machine, addresses: known }
        },
        isNamedByCloud: () => false,
        machinesNamed: async () => [],
      }
      return { [Symbol.asyncDispose]: async () => void (deps = undefined) }
    },
  }
}

interface Surroundings {
  readonly addresses?: () => readonly MachineAddress[] | undefined
  readonly transport?: KubeTransport
}

/** Starts a manager that approves. */
export const begin = (cluster: TestCluster, life: Life = mortal(), surroundings: Surroundings = {}): ReturnType<typeof createManager> => {
  const { addresses = () => undefined, transport = cluster.transport() } = surroundings
  const manager = createManager({
    cluster: life.transport(transport),
    runtime: life.runtime(cluster.runtime),
    log: () => {},
    leaderElection: { namespace: 'kube-system' },
    frozen: true,
  })
  manager.add(approver(addresses))
  cluster.start(manager, life)
  return manager
}

export interface Claimed {
  readonly node: Node
  readonly token: BootstrapToken
}

/** Claim `name` at its first attempt, as the node controller leaves it: record, finalizer, token. */
export const claimed = async (cluster: TestCluster, name = 'a', token: string = tokenId): Promise<Claimed> => {
  const record = { attempt: 1, controller, provider: 'simulated', connection: { config: {} }, id, token }
  const node = await cluster.create(Nodes, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { [labels.class]: 'small' },
      finalizers: [finalizers.machine],
      annotations: { [annotations.machine]: JSON.stringify(record) },
    },
  })
  const created = await cluster.lasting(
    createToken(cluster.client, {
      id: token,
      secret: '0123456789abcdef',
      claim: node.metadata?.uid ?? '',
      nodeName: name,
      attempt: 1,
      document: Buffer.from('#cloud-config\n'),
      expiresAt: cluster.runtime.clock.now() + 3_600_000,
      controller,
      joins: 'kubelet',
    }),
  )
  if (created.token === undefined) throw new Error(`token: ${created.kind}`)
  return { node, token: created.token }
}

export const join = async (cluster: TestCluster, name = 'a'): Promise<void> => {
  const merge = { status: { nodeInfo: { kubeletVersion: 'v1.37.2' } } }
  await cluster.lasting(cluster.client.patch(Nodes, { name }, { merge }, { subresource: 'status' }))
}

export const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
type Spec = Partial<CertificateSigningRequest['spec']>

const ask = async (
  cluster: TestCluster,
  transport: KubeTransport,
  name: string,
  spec: Omit<Spec, 'request'>,
  request: string,
): Promise<void> => {
  const kubelet = createClient({ transport, clock: cluster.runtime.clock })
  const whole = { signerName: clientSigner, usages: ['digital signature', 'client auth'], ...spec, request }
  await cluster.lasting(kubelet.create(CertificateSigningRequests, { metadata: { name }, spec: whole }))
}

/** As whoever shows the token. */
export const askWithToken = (
  cluster: TestCluster,
  name: string,
  keys: KeyPair,
  story: Partial<RequestStory> = {},
  token: string = tokenId,
): Promise<void> =>
  ask(
    cluster,
    cluster.server.transport({ user: `system:bootstrap:${token}`, groups: ['system:bootstrappers', bootstrapGroup] }),
    name,
    {},
    certificateRequest({ commonName: 'system:node:a', ...story }, keys),
  )

/** As kubelet `a` with its certificate. */
export const askAsNode = (
  cluster: TestCluster,
  name: string,
  keys: KeyPair,
  story: Partial<RequestStory> = {},
  spec: Spec = {},
): Promise<void> =>
  ask(
    cluster,
    cluster.server.transport({ user: 'system:node:a', groups: ['system:nodes'] }),
    name,
    spec,
    certificateRequest({ commonName: 'system:node:a', ...story }, keys),
  )

export const requestNamed = (cluster: TestCluster, name: string): Promise<CertificateSigningRequest | undefined> =>
  cluster.client.get(CertificateSigningRequests, { name })

/** Undefined while nobody has signed it. */
export const certificateOf = async (cluster: TestCluster, name: string): Promise<string | undefined> => {
  const { certificate = '' } = (await requestNamed(cluster, name))?.status ?? {}
  return certificate === '' ? undefined : Buffer.from(certificate, 'base64').toString()
}

/** `<kind>/<name> <reason>: <message>` of what was told of requests. */
export const told = async (cluster: TestCluster): Promise<readonly string[]> => {
  const events = await cluster.lasting(listAll(cluster.client, Events))
  const ours = events.filter(({ reason }) => reason?.startsWith('Certificate'))
  return ours.map(({ involvedObject, message, reason }) => `${involvedObject?.kind}/${involvedObject?.name} ${reason}: ${message}`).sort()
}
