import { type KubeObject, type Pod, Pods, type Resource, type VolumeAttachment, VolumeAttachments } from '../../api/index.ts'
import type { ManagerContext } from '../../engine/index.ts'
import { listAll } from '../../kube/index.ts'

/** What is on a node. */
export interface Load {
  readonly pods: readonly Pod[]
  /** Read after the pods: who has no pod left is given no new one. */
  readonly attachments: readonly VolumeAttachment[]
}

/** Live reads of what is on nodes, past every cache. */
export interface Census {
  /** What is on that node, by reads that begin after this call. Rejects with what a read failed with, or the signal's reason. */
  on(node: string): Promise<Load>
}

type Context = Pick<ManagerContext, 'client' | 'store' | 'signal' | 'runtime'>

/** One that comes alone is served at once; those that come within this time of it, in milliseconds, share the next read. */
const sharedMs = 200
/** A list of all pods is one for all who wait, as long as it is no longer than what they would read one by one. */
const podsOfANode = 30

/**
 * When a hundred nodes are drained in a moment, each makes sure that nothing is left on it right before its machine goes. They share their
 * reads, so that this takes a few requests rather than a hundred.
 */
export const createCensus = (context: Context): Census => {
  const { client, signal, runtime } = context
  let waiting = new Map<string, PromiseWithResolvers<Load>>()
  let isRunning = false

  const all = async <T extends KubeObject>(kind: Resource<T>, nodeOf: (item: T) => string | undefined): Promise<ReadonlyMap<string, T[]>> =>
    Map.groupBy(await listAll(client, kind, { signal }), item => nodeOf(item) ?? '')

  const podsOn = async (nodes: readonly string[]): Promise<ReadonlyMap<string, readonly Pod[]>> => {
    if (nodes.length > 1 && context.store(Pods).list().length <= nodes.length * podsOfANode) return all(Pods, ({ spec }) => spec?.nodeName)
    const pods = new Map<string, readonly Pod[]>()
    for (const node of nodes) pods.set(node, await listAll(client, Pods, { fields: `spec.nodeName=${node}`, signal }))
    return pods
  }

  const take = (): typeof waiting => {
    const asked = waiting
    waiting = new Map()
    return asked
  }

  const serve = async (): Promise<void> => {
    const asked = take()
    try {
      const pods = await podsOn([...asked.keys()])
      // An API server selects no attachments by their node.
      const attachments = await all(VolumeAttachments, ({ spec }) => spec?.nodeName)
      for (const [node, { resolve }] of asked) resolve({ pods: pods.get(node) ?? [], attachments: attachments.get(node) ?? [] })
    } catch (error) {
      for (const { reject } of asked.values()) reject(error)
    }
  }

  const run = async (): Promise<void> => {
    isRunning = true
    try {
      while (waiting.size > 0) {
        await serve()
        await runtime.clock.sleep(sharedMs, signal)
      }
    } catch (error) {
      for (const { reject } of take().values()) reject(error)
    } finally {
      isRunning = false
    }
  }

  return {
    on(node) {
      const known = waiting.get(node)
      if (known) return known.promise
      const answer = Promise.withResolvers<Load>()
      waiting.set(node, answer)
      if (!isRunning) void run()
      return answer.promise
    },
  }
}
