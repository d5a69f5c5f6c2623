import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crds } from '@kube-node/core/api'
import type { Json, KubeTransport } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import { type ApiServer, createApiServer } from '@kube-node/testing/server'
import { type Kubectl, type KubectlResult, createKubectl } from '../control-plane/kubectl.ts'
import { createSupervisor } from '../control-plane/supervisor.ts'
import { fileName, findTools } from '../tools/cache.mjs'

/** The embedded API server on a socket, kube-node's CRDs in it, and an unmodified kubectl that knows of it. */
export interface Story extends AsyncDisposable {
  readonly server: ApiServer
  readonly transport: KubeTransport
  readonly kubectl: Kubectl
  /** What kubectl printed; throws with both outputs when it failed. */
  run(...args: readonly string[]): Promise<string>
  /** The same, with this on standard input (`-f -`). */
  feed(object: unknown, ...args: readonly string[]): Promise<string>
  /** Kubernetes' own controllers, until the story ends. */
  controllerManager(args: readonly string[]): { ended(): boolean; log(): string }
  /** A file for kubectl to read, in a folder that goes with the story. */
  file(name: string, content: string): Promise<string>
}

export const startStory = async (): Promise<Story> => {
  const dir = await mkdtemp(join(tmpdir(), 'kube-node-kubectl-'))
  const server = createApiServer({ runtime: systemRuntime() })
  await server.listen()
  const supervisor = createSupervisor()
  const kubeconfig = join(dir, 'kubeconfig')
  await writeFile(kubeconfig, server.kubeconfig())
  const kubectl = createKubectl(supervisor, join(findTools(['kubectl']), fileName('kubectl')), dir, kubeconfig)
  const transport = server.transport()
  const signal = new AbortController().signal
  for (const crd of crds()) {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    await transport.request({ method: 'POST', path, body: crd as unknown as Json, signal })
  }
  const succeeded = (args: readonly string[], { code, stderr, stdout }: KubectlResult): string => {
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
    return stdout
  }
  return {
    server,
    transport,
    kubectl,
    run: async (...args) => succeeded(args, await kubectl(args)),
    feed: async (object, ...args) => succeeded(args, await kubectl(args, { input: JSON.stringify(object) })),
    controllerManager: args => {
      const file = join(findTools(['kube-controller-manager']), fileName('kube-controller-manager'))
      const { child, exited } = supervisor.spawn(file, [`--kubeconfig=${kubeconfig}`, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
      let text = ''
      let over = false
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      void exited.then(() => {
        over = true
      })
      return { ended: () => over, log: () => text.slice(-2_000) }
    },
    file: async (name, content) => {
      await writeFile(join(dir, name), content, { mode: 0o755 })
      return join(dir, name)
    },
    async [Symbol.asyncDispose]() {
      await supervisor.stop()
      await server[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
