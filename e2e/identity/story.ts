import { type KeyObject, generateKeyPairSync, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKubeNode, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type CertificateSigningRequest, CertificateSigningRequests, Events, NodeClasses } from '@kube-node/core/api'
import { type Client, type KubeTransport, createClient, listAll } from '@kube-node/core/kube'
import { type SimulatedCloud, simulatedCloud } from '@kube-node/testing/cloud'
import { type KeyPair, type RequestStory, certificateRequest } from '@kube-node/testing/server'
import { apply } from '../admission/cluster.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/index.ts'

/** A real control plane with everything installed, our controller with the rights of the manifests, and machines without kubelets. */
export interface Site extends AsyncDisposable {
  readonly controlPlane: ControlPlane
  readonly cloud: SimulatedCloud
  /** An administrator's. */
  readonly client: Client
  /** A client of whoever shows that: a bootstrap token, or a certificate and its key. */
  showing(credentials: Credentials): Promise<Client>
}

export type Credentials = { readonly token: string } | { readonly certificate: string; readonly key: KeyObject }

export const startSite = async (signal: AbortSignal): Promise<Site> => {
  await using stack = new AsyncDisposableStack()
  const controlPlane = stack.use(await startControlPlane({ signal }))
  await apply(controlPlane, { user: 'controller' })
  const { caPem, server, users } = controlPlane
  const runtime = systemRuntime()
  const clientFor = async (file: string): Promise<Client> =>
    createClient({ transport: stack.use(fromKubeConfig(await loadKubeConfig({ file }))), clock: runtime.clock })
  const cloud = stack.use(simulatedCloud({ runtime, log: () => {}, bootTime: '1s' }))
  const cluster = stack.use(fromKubeConfig(await loadKubeConfig({ file: users.controller.kubeconfig })))
  const kubeNode = createKubeNode({ cluster, providers: [cloud.provider()], join: { server, ca: caPem }, log: () => {} })
  const stopping = new AbortController()
  const running = kubeNode.run({ signal: stopping.signal })
  stack.defer(async () => {
    stopping.abort()
    await running
  })
  const client = await clientFor(controlPlane.kubeconfig)
  await client.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, bootstrap: { type: 'kubelet' } },
  })
  const kept = stack.move()
  return {
    controlPlane,
    cloud,
    client,
    showing: async credentials => createClient({ transport: kept.use(await showing(controlPlane, credentials)), clock: runtime.clock }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** The way in of whoever shows that. */
export const showing = async ({ caPem, dir, server }: ControlPlane, credentials: Credentials): Promise<KubeTransport> => {
  const file = join(dir, `shown-${randomUUID()}.kubeconfig`)
  await writeFile(file, kubeconfig(server, caPem, credentials), { mode: 0o600 })
  return fromKubeConfig(await loadKubeConfig({ file }))
}

const kubeconfig = (server: string, caPem: string, credentials: Credentials): string => {
  const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64')
  const user =
    'token' in credentials
      ? credentials
      : {
          'client-certificate-data': base64(credentials.certificate),
          'client-key-data': base64(credentials.key.export({ format: 'pem', type: 'pkcs8' })),
        }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority-data': base64(caPem) } }],
    users: [{ name: 'machine', user }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'machine' } }],
    'current-context': 'e2e',
  })
}

type Asked = Pick<CertificateSigningRequest['spec'], 'signerName' | 'usages'>
export const newKeys = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' })

export const forClients: Asked = { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['digital signature', 'client auth'] }
export const forServing: Asked = { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] }

/** Asks as that client; `what` is a name for people, and the answer the request's own. */
export const ask = async (
  client: Client,
  what: string,
  keys: KeyPair,
  story: Partial<RequestStory> = {},
  spec: Partial<CertificateSigningRequest['spec']> = {},
): Promise<string> => {
  const request = certificateRequest({ commonName: 'system:node:a', ...story }, keys)
  await client.create(CertificateSigningRequests, { metadata: { name: what }, spec: { ...forClients, ...spec, request } })
  return what
}

/** PEM. @throws Error while there is none. */
export const certificateOf = async (client: Client, name: string): Promise<string> => {
  const { status } = (await client.get(CertificateSigningRequests, { name })) ?? {}
  if ((status?.certificate ?? '') === '') throw new Error(`${name} is not signed: ${JSON.stringify(status)}`)
  return Buffer.from(status?.certificate ?? '', 'base64').toString()
}

/** What was said of a request: `CertificateRefused WrongSubject`. */
export const saidOf = async (client: Client, name: string): Promise<readonly string[]> => {
  const events = await listAll(client, Events)
  return events
    .filter(({ involvedObject }) => involvedObject?.kind === 'CertificateSigningRequest' && involvedObject.name === name)
    .map(({ message = '', reason }) => `${reason} ${message.split(':')[0]}`)
}
