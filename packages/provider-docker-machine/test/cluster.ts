import { gunzipSync } from 'node:zlib'
import { createKubeNode, recordOf } from '@kube-node/core'
import {
  CustomResourceDefinitions,
  Events,
  Namespaces,
  type Node,
  NodeClasses,
  Nodes,
  type Secret,
  Secrets,
  annotations,
  conditions,
  crds,
  finalizers,
  findCondition,
  labels,
  nameOf,
} from '@kube-node/core/api'
import { type Client, createClient, listAll } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import { type Mortal, mortal } from '@kube-node/testing/cluster'
import { type ApiServer, createApiServer } from '@kube-node/testing/server'
import { expect, vi } from 'vitest'
import { type DockerMachineOptions, dockerMachine } from '../src/index.ts'
import { type Entry, type Machines, isLiving } from '../src/ledger.ts'
import { type StandIn, awsSecrets, standIn } from './world.ts'

const namespace = 'kube-node-system'

/**
 * An API server in this process, and core beside the stand-in, on real time, as programs are started. Class `cloud` is of a cloud's
 * driver, `pool` of all hosts; their machines have one step to do. After every request what must always hold is looked at.
 */
export interface Cluster extends AsyncDisposable {
  readonly fake: StandIn
  readonly client: Client
  /** A controller with that storage. One that `leads` waits for no lease, as one that is taken for dead and is not. */
  begin(life?: Partial<Pick<DockerMachineOptions, 'program' | 'storage' | 'concurrency'>> & { readonly leads?: boolean }): Mortal
  claim(name: string, className: 'cloud' | 'pool'): Promise<void>
  /** `kubectl delete node --wait=false` */
  condemn(name: string): Promise<void>
  gone(name: string): Promise<void>
  /** Waits until a Node knows its machine. Answers its id. */
  booting(name: string): Promise<string>
  /** Waits for an event that says so. */
  told(reason: string, words: string): Promise<void>
  /** Waits until a Node's condition says so. */
  says(name: string, words: string): Promise<void>
  /** Files of the program that are kept of a machine, by their paths; undefined where nothing is. */
  kept(machine: string): Readonly<Record<string, string>> | undefined
  /** What was not as it must always be. */
  readonly broken: readonly string[]
}

const patience = { timeout: 20_000, interval: 20 }

export const cluster = async (hosts = 1): Promise<Cluster> => {
  const fake = await standIn(hosts)
  const runtime = systemRuntime()
  const server = createApiServer({ runtime })
  const client = createClient({ transport: server.transport(), clock: runtime.clock })
  await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
  const secrets = { cloud: { ...awsSecrets, 'ssh-privatekey': fake.keys.private }, pool: { 'ssh-privatekey': fake.keys.private } }
  const configs = {
    cloud: { driver: 'amazonec2', options: { 'amazonec2-instance-type': 't3.large' } },
    pool: { driver: 'generic', hosts: fake.hosts.map(({ port }) => ({ address: '127.0.0.1', port })) },
  }
  for (const name of ['cloud', 'pool'] as const) {
    const metadata = { name, namespace }
    await client.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata, stringData: secrets[name] })
    await client.create(NodeClasses, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeClass',
      metadata: { name },
      spec: {
        provider: 'docker-machine',
        secretRef: { namespace, name },
        config: configs[name],
        bootstrap: { type: 'none', commands: ['echo {{ node.name }} >>/etc/configured'] },
      },
    })
  }

  const broken: string[] = []
  const stopWatching = server.onRequest(() => broken.push(...flaws(server, fake)))
  const stopping = new AbortController()
  const lives: { readonly life: Mortal; readonly over: Promise<unknown> }[] = []

  return {
    fake,
    client,
    broken,
    begin({ leads = false, ...options } = {}) {
      const life = mortal()
      const controller = createKubeNode({
        cluster: life.transport(server.transport({ user: 'kube-node', groups: ['system:masters'] })),
        runtime: life.runtime(runtime),
        log: () => {},
        providers: [life.provider(dockerMachine({ ...fake.options, ...options }))],
        refresh: { active: '200ms' },
        ...(leads && { leaderElection: false }),
      })
      lives.push({ life, over: controller.run({ signal: stopping.signal }) })
      return life
    },
    async claim(name, className) {
      await client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: className } } })
    },
    async condemn(name) {
      const node = await client.get(Nodes, { name })
      await client.delete(Nodes, { name }, { uid: node?.metadata?.uid ?? '' })
    },
    gone: name => vi.waitFor(async () => expect((await client.get(Nodes, { name }))?.metadata?.name).toBeUndefined(), patience),
    booting: name =>
      vi.waitFor(async () => {
        const node = await client.get(Nodes, { name })
        const id = node && idOf(node)
        if (id === undefined) throw new Error(`${name} has no machine yet`)
        expect(node?.metadata?.annotations?.[annotations.phase]).toBe('Booting')
        return id
      }, patience),
    told: (reason, words) =>
      vi.waitFor(async () => {
        const events = (await listAll(client, Events)).filter(event => event.reason === reason)
        expect(events.map(({ message }) => message).join('\n')).toContain(words)
      }, patience),
    says: (name, words) =>
      vi.waitFor(async () => {
        const node = await client.get(Nodes, { name })
        expect(findCondition(node?.status?.conditions, conditions.machineProvisioned)?.message).toContain(words)
      }, patience),
    kept: machine => filesOf(storedIn(server).find(secret => keyOf(secret) === `machine-${machine}`)),
    async [Symbol.asyncDispose]() {
      stopping.abort()
      for (const { life, over } of lives) if (!life.dead) await over
      stopWatching()
      await server[Symbol.asyncDispose]()
      await fake[Symbol.asyncDispose]()
    },
  }
}

/** What must hold at every moment, for whatever dies next. */
const flaws = (server: ApiServer, fake: StandIn): readonly string[] => {
  // The server's own objects: the cast at the border.
  const nodes = server.store.list({ group: '', plural: 'nodes' }) as readonly Node[]
  const claims = nodes.filter(({ metadata }) => metadata?.finalizers?.includes(finalizers.machine))
  const secrets = storedIn(server)
  const keys = new Set(secrets.map(keyOf))
  const lines = ledgerOf(secrets)
  return [
    ...fake
      .machines()
      .flatMap(({ name }) => [
        ...(lives(lines[name]) ? [] : [`${name} lives, and its ledger does not say so`]),
        ...(claims.some(node => name.startsWith(`${nameOf(node)}-`)) ? [] : [`${name} lives, and no Node stands for it`]),
      ]),
    ...Object.entries(lines)
      .filter(([name, { state }]) => state === 'made' && !keys.has(`machine-${name}`))
      .map(([name]) => `${name} is made, and nothing is kept of it`),
    ...secrets
      .filter(secret => keyOf(secret) === 'machines' || lives(lines[keyOf(secret).slice('machine-'.length)]))
      .filter(({ metadata }) => metadata?.ownerReferences !== undefined || !metadata?.finalizers?.includes(finalizers.machine))
      .map(secret => `${keyOf(secret)} goes with somebody else, or when somebody deletes it`),
  ]
}

const lives = (entry: Entry | undefined): boolean => entry !== undefined && isLiving(entry)

/** The entries of the provider's store. */
const storedIn = (server: ApiServer): readonly Secret[] => {
  // As above.
  const secrets = server.store.list({ group: '', plural: 'secrets' }, namespace) as readonly Secret[]
  return secrets.filter(secret => keyOf(secret) !== '')
}

const keyOf = ({ metadata }: Secret): string => metadata?.annotations?.['kube-node.dev/store-key'] ?? ''
const bytesOf = ({ data }: Secret): Buffer => Buffer.from(data?.['bytes'] ?? '', 'base64')

/** Both classes' ledgers in one. */
const ledgerOf = (secrets: readonly Secret[]): Machines =>
  // The provider's own document: the cast at the border.
  Object.assign(
    {},
    ...secrets.filter(secret => keyOf(secret) === 'machines').map(secret => JSON.parse(bytesOf(secret).toString()) as Machines),
  )

const filesOf = (secret: Secret | undefined): Readonly<Record<string, string>> | undefined => {
  if (!secret) return undefined
  // The provider's own format: the cast at the border.
  const { files } = JSON.parse(gunzipSync(bytesOf(secret)).toString()) as { readonly files: Readonly<Record<string, [number, string]>> }
  return Object.fromEntries(Object.entries(files).map(([path, [, content]]) => [path, Buffer.from(content, 'base64').toString()]))
}

const idOf = (node: Node): string | undefined => {
  const record = recordOf(node)
  return record && 'id' in record ? record.id : undefined
}
