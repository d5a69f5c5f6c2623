import { type MachineRecord, createManager, createProviders, isBroken, nodeController, recordOf } from '@kube-node/core'
import {
  type CertificateSigningRequest,
  CertificateSigningRequests,
  type Node,
  NodeClasses,
  Nodes,
  Secrets,
  annotations,
  bootstrapGroup,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { type Json, type KubeTransport, createClient, listAll } from '@kube-node/core/kube'
import { ProviderError } from '@kube-node/core/provider'
import type { Duration } from '@kube-node/core/runtime'
import { type SimulatedMachine, type SimulatedProviderOptions, simulatedNodeLifecycle } from '../cloud/index.ts'
import { type KeyPair, certificateRequest } from '../server/index.ts'
import { type Mortal, type TestCluster, createTestCluster, mortal } from './index.ts'
import { clientSigner, newKeys } from './kubelet.fixture.ts'

/** What a kubelet needs of its machine's disk. */
interface Disk {
  readonly keys: KeyPair
  /** `<id>.<secret>`; undefined where no steps were done. */
  token: string | undefined
  /** It has a client certificate. */
  certified: boolean
}

export const minute = 60_000

/** A claim `a` whose machine joins by steps, with a kubelet that asks for its certificate, all under the rights of the manifests. */
export interface Recovery extends AsyncDisposable {
  readonly cluster: TestCluster
  /** The tokens that steps have brought, in their order: once for each time that all of them were done. */
  readonly delivered: readonly string[]
  /** Configure can't reach its machine while this is true. */
  unreachable: boolean
  begin(life?: Mortal): void
  node(): Promise<Node | undefined>
  record(): Promise<MachineRecord | undefined>
  /** `True`, `False` or `Unknown`. */
  ready(): Promise<string>
  /** What `MachineProvisioned` says: `<reason>: <message>`. */
  why(): Promise<string>
  /** Names of the Secrets of bootstrap tokens. */
  tokens(): Promise<readonly string[]>
  runs(): Promise<boolean>
  machine(): SimulatedMachine
  /** The disk is empty when the kubelet starts again. */
  wipe(): void
  /** Whoever shows the public half of a token asks for a certificate as node a, with a key of his own. */
  steal(request: string, tokenId: string): Promise<void>
  editClass(spec: Json): Promise<void>
  /** Its kubelet changes the metadata of its Node. */
  asKubelet(metadata: Json): Promise<unknown>
  requests(): Promise<readonly CertificateSigningRequest[]>
  /** Of the requests that were approved by us, each one's reason. */
  approvals(): Promise<readonly string[]>
}

export interface RecoveryOptions {
  readonly bootstrap?: 'steps' | 'user-data'
  readonly type?: 'kubelet' | 'none'
  readonly life?: Mortal
  /** What a manager's requests go through. */
  readonly seen?: (transport: KubeTransport) => KubeTransport
  /** How often stray tokens are looked for. Default never: what a recovery itself leaves behind must show. */
  readonly tokenCheck?: Duration
}

export const createRecovery = async ({
  bootstrap = 'steps',
  type = 'kubelet',
  life = mortal(),
  tokenCheck = '1000h',
  seen = same,
}: RecoveryOptions = {}): Promise<Recovery> => {
  const disks = new Map<string, Disk>()
  const delivered: string[] = []
  const diskOf = ({ id, userData }: Pick<SimulatedMachine, 'id' | 'userData'>): Disk => {
    const told = userData && tokenText.exec(Buffer.from(userData).toString())?.[0]
    // What joins without a token of ours has its identity from somebody else.
    const disk = disks.get(id) ?? { keys: newKeys(), token: told, certified: type === 'none' }
    disks.set(id, disk)
    return disk
  }
  const kubelet = (): KubeTransport => cluster.server.transport({ user: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] })
  const cluster = await createTestCluster({
    installed: {},
    kubelets: {
      joinAs: async machine => {
        const disk = diskOf(machine)
        disk.certified ||= await hasCertificate(cluster, `csr-${machine.id}-${disk.token ?? ''}`.replace('.', '-'), disk)
        return kubelet()
      },
    },
  })
  const { runtime, server } = cluster
  const lifecycle = simulatedNodeLifecycle({ transport: server.transport(), runtime })
  cluster.start({ run: ({ signal }) => lifecycle.run(signal) })

  const configure: SimulatedProviderOptions['configure'] = async ({ id }, steps) => {
    if (recovery.unreachable) throw new ProviderError('Unavailable', 'no route to host')
    const texts = steps.map(({ run }) => ('file' in run ? Buffer.from(run.bytes).toString() : run.command))
    const token = tokenText.exec(texts.join('\n'))?.[0] ?? ''
    diskOf({ id }).token = token
    delivered.push(token)
  }

  const recovery: Recovery = {
    cluster,
    delivered,
    unreachable: false,
    begin(of = mortal()) {
      const manager = createManager({
        cluster: of.transport(seen(cluster.transport())),
        runtime: of.runtime(runtime),
        log: () => {},
        leaderElection: { namespace: 'kube-node-system' },
      })
      const providers = createProviders([of.provider(cluster.cloud.provider(bootstrap === 'steps' ? { configure } : {}))])
      const join = { server: 'https://127.0.0.1:6443', ca: server.certificateAuthority() }
      manager.add(nodeController({ providers, join, tokenCheck }))
      cluster.start(manager, of)
    },
    node: () => cluster.client.get(Nodes, { name: 'a' }),
    async record() {
      const node = await recovery.node()
      const record = node && recordOf(node)
      return isBroken(record) ? undefined : record
    },
    ready: async () => findCondition((await recovery.node())?.status?.conditions, 'Ready')?.status ?? 'none',
    async why() {
      const said = findCondition((await recovery.node())?.status?.conditions, 'MachineProvisioned')
      return `${said?.reason}: ${said?.message}`
    },
    async tokens() {
      const secrets = await listAll(cluster.client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })
      return secrets.map(({ metadata }) => metadata?.name ?? '')
    },
    runs: async () => (await recovery.node())?.metadata?.annotations?.[annotations.phase] === 'Running',
    machine: () => cluster.cloud.machines().find(({ state }) => state === 'running') ?? cluster.cloud.machines()[0] ?? missing(),
    wipe() {
      const { id } = recovery.machine()
      cluster.kubelets.stop(id)
      disks.set(id, { keys: newKeys(), token: undefined, certified: false })
      cluster.kubelets.start(id)
    },
    steal: (request, tokenId) => cluster.lasting(ask(cluster, request, tokenId, newKeys()).then(() => undefined)),
    async editClass(spec) {
      await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec } }))
    },
    asKubelet: metadata =>
      createClient({ transport: kubelet(), clock: runtime.clock }).patch(Nodes, { name: 'a' }, { merge: { metadata } }),
    requests: () => listAll(cluster.client, CertificateSigningRequests),
    async approvals() {
      const requests = await recovery.requests()
      return requests.flatMap(({ status }) => status?.conditions?.flatMap(({ reason }) => reason ?? []) ?? []).sort()
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
  recovery.begin(life)
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: {
      provider: 'simulated',
      config: { region: 'r1' },
      bootstrap: { type, files: [{ path: '/etc/motd', content: '{{ node.name }}' }] },
      timeouts: { provision: '5m', join: '5m' },
    },
  })
  await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
  return recovery
}

const same = (transport: KubeTransport): KubeTransport => transport

const missing = (): never => {
  throw new Error('there is no machine')
}

const tokenText = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/

/** As the API server reads tokens. @throws Error when it does not know this one. */
const authenticate = async (cluster: TestCluster, token: string): Promise<string> => {
  const [id = '', half] = token.split('.')
  const secret = await cluster.client.get(Secrets, { namespace: 'kube-system', name: `bootstrap-token-${id}` })
  const of = (key: string): string => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString()
  if (of('token-secret') !== half || Date.parse(of('expiration')) <= cluster.runtime.clock.now()) throw new Error('401 Unauthorized')
  return id
}

const ask = (cluster: TestCluster, name: string, tokenId: string, keys: KeyPair): Promise<CertificateSigningRequest> => {
  const groups = ['system:bootstrappers', bootstrapGroup, 'system:authenticated']
  const client = createClient({
    transport: cluster.server.transport({ user: `system:bootstrap:${tokenId}`, groups }),
    clock: cluster.runtime.clock,
  })
  const request = certificateRequest({ commonName: 'system:node:a' }, keys)
  const spec = { signerName: clientSigner, usages: ['digital signature', 'client auth'], request }
  return client.create(CertificateSigningRequests, { metadata: { name }, spec })
}

/** Asks once, and answers when it is signed. @throws Error when it is not, or when there is nothing to ask with. */
const hasCertificate = async (cluster: TestCluster, name: string, { token, keys }: Disk): Promise<true> => {
  if (token === undefined) throw new Error('nothing on this disk says how to join')
  const known = await cluster.client.get(CertificateSigningRequests, { name })
  const request = known ?? (await ask(cluster, name, await authenticate(cluster, token), keys))
  if ((request.status?.certificate ?? '') === '') throw new Error('it is not signed yet')
  return true
}
