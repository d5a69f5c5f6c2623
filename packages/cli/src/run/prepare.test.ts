import { CustomResourceDefinitions, Namespaces, crds } from '@kube-node/core/api'
import { type Client, type KubeResponse, type KubeTransport, TransportError, createClient } from '@kube-node/core/kube'
import { type ManualRuntime, manualRuntime } from '@kube-node/core/runtime'
import type { ApiServer } from '@kube-node/testing/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareCluster } from './prepare.ts'

const { createApiServer } = await import('@kube-node/testing/server')

let runtime: ManualRuntime
let server: ApiServer
let client: Client
let stop: AbortController
/** Warnings and news, in their order. */
let said: string[]
/** Answers instead of the server; undefined: the server answers. */
let instead: (method: string, path: string) => KubeResponse | Error | undefined

beforeEach(() => {
  runtime = manualRuntime()
  server = createApiServer({ runtime })
  client = createClient({ transport: server.transport(), clock: runtime.clock })
  stop = new AbortController()
  said = []
  instead = () => undefined
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
})

const transport = (): KubeTransport => {
  const real = server.transport()
  return {
    ...real,
    async request(request) {
      const other = instead(request.method, request.path)
      if (other instanceof Error) throw other
      return other ?? real.request(request)
    },
  }
}

/** Begins to wait; answers whether it has come to an end. */
const prepare = (): (() => boolean) => {
  let over = false
  prepareCluster({ transport: transport(), runtime, namespace: 'mine', log: (level, text) => said.push(`${level}: ${text}`) }, stop.signal)
    .finally(() => {
      over = true
    })
    .catch((error: unknown) => said.push(String(error)))
  return () => over
}

const install = async (): Promise<void> => {
  for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
}
const forbidden = (message: string): KubeResponse => ({
  status: 403,
  headers: {},
  body: { kind: 'Status', reason: 'Forbidden', code: 403, message },
})

describe('a cluster', () => {
  it('that has all that is needed is not waited for, and its namespace is made', async () => {
    await install()
    const over = prepare()
    await runtime.settle()
    expect(over()).toBe(true)
    expect(said).toEqual(['info: created namespace mine'])
    expect(await client.get(Namespaces, { name: 'mine' })).toBeDefined()
  })

  it('without our CRDs is told how to get them, once, and is used as soon as it has them', async () => {
    const over = prepare()
    await runtime.advance(30_000)
    expect(said).toEqual([
      'warn: the cluster does not know NodeClass and NodeSet (kube-node.dev/v1alpha1): ' +
        'install the CRDs with kube-node manifests | kubectl apply -f -; looking again every 5 s',
    ])
    await install()
    await runtime.advance(5_000)
    expect(over()).toBe(true)
    expect(said.slice(1)).toEqual(['info: created namespace mine', 'info: the cluster has all that is needed now'])
  })

  it('that lacks one of them is told which', async () => {
    const [, sets] = crds()
    await client.create(CustomResourceDefinitions, sets!)
    prepare()
    await runtime.settle()
    expect(said[0]).toContain('the cluster does not know NodeClass (kube-node.dev/v1alpha1)')
  })

  it('that can not be reached is waited for, and what lasts is told again after a minute', async () => {
    await install()
    instead = () => new TransportError('cannot reach https://there:6443: connect ECONNREFUSED', { cause: undefined })
    const over = prepare()
    await runtime.advance(58_000)
    expect(said).toEqual(['warn: cannot reach https://there:6443: connect ECONNREFUSED; looking again every 5 s'])
    await runtime.advance(10_000)
    expect(said).toHaveLength(2)
    instead = () => undefined
    await runtime.advance(5_000)
    expect(over()).toBe(true)
  })

  it('whose API server does not know the credentials says so', async () => {
    instead = () => ({ status: 401, headers: {}, body: { kind: 'Status', reason: 'Unauthorized', code: 401, message: 'Unauthorized' } })
    prepare()
    await runtime.settle()
    expect(said[0]).toMatch(/^warn: GET \/apis\/kube-node.dev\/v1alpha1: Unauthorized \(check the user or token of the kubeconfig\);/)
  })

  it('where this identity may not make the namespace is told by which command somebody else can', async () => {
    await install()
    instead = (method, path) => (method === 'POST' && path.endsWith('/namespaces') ? forbidden('namespaces is forbidden') : undefined)
    const over = prepare()
    await runtime.settle()
    expect(said[0]).toContain('namespace mine is missing, and this identity may not create it: kubectl create namespace mine;')
    await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } })
    await runtime.advance(5_000)
    expect(over()).toBe(true)
  })

  it('where this identity may not even look at namespaces is taken as it is: the Lease will show', async () => {
    await install()
    instead = (_method, path) => (path.includes('/namespaces') ? forbidden('namespaces is forbidden') : undefined)
    const over = prepare()
    await runtime.settle()
    expect(over()).toBe(true)
  })

  it('is given up when the user wants an end', async () => {
    const over = prepare()
    await runtime.advance(1_000)
    stop.abort(new Error('received SIGINT'))
    await runtime.settle()
    expect(over()).toBe(true)
    expect(said.at(-1)).toBe('Error: received SIGINT')
    expect(runtime.sleeping).toBe(0)
  })
})
