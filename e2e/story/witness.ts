import { fromKubeConfig, loadKubeConfig } from '@kube-node/core'
import { type KubeObject, type Resource, pathOf } from '@kube-node/core/api'
import type { KubeStream } from '@kube-node/core/kube'
import type { ControlPlane } from '../control-plane/index.ts'

/** What happened to an object, as a watch has told it. */
export interface Moment<T extends KubeObject> {
  /** etcd counts the writes to all kinds together: of two moments, the one with the lower number came first. */
  readonly revision: number
  readonly event: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: T
}

/** Looks on from its start to its disposal, which throws when it has missed something. */
export interface Witness extends AsyncDisposable {
  /** Tells of everything that happens to objects of that kind, those that are there first. It sees what there is before this resolves. */
  see<T extends KubeObject>(resource: Resource<T>, tell: (moment: Moment<T>) => void | Promise<void>): Promise<void>
  /** The same, written down. */
  record<T extends KubeObject>(resource: Resource<T>): Promise<readonly Moment<T>[]>
}

/** The administrator's eyes. */
export const witness = async ({ kubeconfig }: ControlPlane): Promise<Witness> => {
  const stack = new AsyncDisposableStack()
  const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: kubeconfig })))
  const stopping = new AbortController()
  const { signal } = stopping
  const failures: unknown[] = []

  const follow = async <T extends KubeObject>(stream: KubeStream, tell: (moment: Moment<T>) => void | Promise<void>): Promise<void> => {
    await using _stream = stream
    for (;;) {
      const told = await stream.next().catch((error: unknown) => {
        if (!signal.aborted) throw error
        return undefined
      })
      if (signal.aborted) return
      if (told === undefined || told.type === 'ERROR') throw new Error(`a watch ended before its story: ${JSON.stringify(told)}`)
      if (told.type === 'BOOKMARK') continue
      // Border: a watch of that kind tells of objects of that kind.
      const object = told.object as unknown as T
      await tell({ revision: Number(object.metadata?.resourceVersion), event: told.type, object })
    }
  }
  const see: Witness['see'] = async (resource, tell) => {
    const stream = await transport.watch({ method: 'GET', path: pathOf(resource), query: { watch: 'true' }, signal })
    const following = follow(stream, tell).catch((error: unknown) => void failures.push(error))
    stack.defer(() => following)
  }
  return {
    see,
    async record<T extends KubeObject>(resource: Resource<T>) {
      const moments: Moment<T>[] = []
      await see(resource, moment => void moments.push(moment))
      return moments
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await stack.disposeAsync()
      if (failures.length > 0) throw new AggregateError(failures, 'a witness has not seen all')
    },
  }
}
