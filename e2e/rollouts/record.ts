import type { AnyResource, KubeObject, NodeSet, Node, Pod } from '@kube-node/core/api'
import { NodeSets, Nodes, Pods, nameOf, pathOf } from '@kube-node/core/api'
import type { KubeStream, KubeTransport } from '@kube-node/core/kube'

/** One change in the cluster. */
export interface Step {
  /** etcd's revision: changes of all kinds have one order. */
  readonly version: number
  readonly gone: boolean
  readonly change:
    | { readonly kind: 'set'; readonly object: NodeSet }
    | { readonly kind: 'node'; readonly object: Node }
    | { readonly kind: 'pod'; readonly object: Pod }
}

/** What the API server tells of sets, nodes and pods, by one watch each. */
export interface Recording extends AsyncDisposable {
  /** All that was told, as it came. Between kinds that is not the order in which it happened: see `Step.version`. */
  readonly steps: readonly Step[]
  /** Looks again with each change that is told, until it is so. @throws the signal's reason, or what ended a watch. */
  until(isSo: () => boolean, signal: AbortSignal): Promise<void>
  /** Until all that has happened by now is told. */
  upToNow(signal: AbortSignal): Promise<void>
}

interface Followed {
  readonly kind: Step['change']['kind']
  readonly resource: AnyResource
}

const followed: readonly Followed[] = [
  { kind: 'set', resource: NodeSets },
  { kind: 'node', resource: Nodes },
  { kind: 'pod', resource: Pods },
]

export const record = async (transport: KubeTransport): Promise<Recording> => {
  const stopping = new AbortController()
  const { signal } = stopping
  const steps: Step[] = []
  const latest = new Map<string, number>()
  const waiting = new Set<() => void>()
  let failure: Error | undefined

  const take = (kind: Step['change']['kind'], object: KubeObject, gone: boolean): void => {
    const version = versionOf(object)
    latest.set(keyOf(kind, object), version)
    // Border: the API server sends what was asked for.
    steps.push({ version, gone, change: { kind, object } as Step['change'] })
    for (const wake of waiting) wake()
  }
  const list = async ({ resource }: Followed): Promise<{ readonly items: readonly KubeObject[]; readonly version: string }> => {
    const { status, body } = await transport.request({ method: 'GET', path: pathOf(resource), signal })
    if (status !== 200) throw new Error(`a list of ${resource.plural} was answered with ${status}`)
    // Border: a list.
    const { items, metadata } = body as unknown as { items: readonly KubeObject[]; metadata: { resourceVersion: string } }
    return { items, version: metadata.resourceVersion }
  }
  const read = async (kind: Step['change']['kind'], stream: KubeStream): Promise<void> => {
    await using _stream = stream
    for (let event = await stream.next(); event; event = await stream.next()) {
      if (event.type === 'ERROR') throw new Error(`the watch of ${kind}s ended: ${JSON.stringify(event.object)}`)
      // Border: an event that is none of an error carries an object.
      if (event.type !== 'BOOKMARK') take(kind, event.object as unknown as KubeObject, event.type === 'DELETED')
    }
    throw new Error(`the API server ended the watch of ${kind}s`)
  }
  const reading: Promise<void>[] = []
  await Promise.all(
    followed.map(async one => {
      const { items, version } = await list(one)
      for (const object of items) take(one.kind, object, false)
      const query = { watch: 'true', resourceVersion: version, timeoutSeconds: '1800' }
      const stream = await transport.watch({ method: 'GET', path: pathOf(one.resource), query, signal })
      reading.push(
        read(one.kind, stream).catch((error: unknown) => {
          if (signal.aborted) return
          failure = error instanceof Error ? error : new Error(String(error))
          for (const wake of waiting) wake()
        }),
      )
    }),
  )

  const until: Recording['until'] = async (isSo, given) => {
    while (!isSo()) {
      if (failure) throw failure
      await new Promise<void>((resolve, reject) => {
        const wake = (): void => {
          waiting.delete(wake)
          given.removeEventListener('abort', over)
          resolve()
        }
        const over = (): void => {
          waiting.delete(wake)
          reject(given.reason)
        }
        waiting.add(wake)
        given.addEventListener('abort', over, { once: true })
        if (given.aborted) over()
      })
    }
  }
  return {
    steps,
    until,
    async upToNow(given) {
      for (const one of followed) {
        const { items } = await list(one)
        await until(() => items.every(object => (latest.get(keyOf(one.kind, object)) ?? 0) >= versionOf(object)), given)
      }
    },
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('the recording is over'))
      await Promise.all(reading)
    },
  }
}

const versionOf = ({ metadata }: KubeObject): number => Number(metadata?.resourceVersion)
const keyOf = (kind: string, object: KubeObject): string =>
  [kind, object.metadata?.namespace, nameOf(object), object.metadata?.uid].join('/')
