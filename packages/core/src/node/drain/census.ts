import { type Pod, Pods } from '../../api/index.ts'
import type { ManagerContext } from '../../engine/index.ts'
import { listAll } from '../../kube/index.ts'

/** Live reads of the pods on nodes, past every cache. */
export interface Census {
  /** The pods on that node, by a read that begins after this call. Rejects with what the read failed with, or the signal's reason. */
  on(node: string): Promise<readonly Pod[]>
}

type Context = Pick<ManagerContext, 'client' | 'store' | 'signal' | 'runtime'>

/** One that comes alone is served at once; those that come within this time of it, in milliseconds, share the next read. */
const sharedMs = 200
/** A list of all pods is one for all who wait, as long as it is no longer than what they would read one by one. */
const podsOfANode = 30

/**
 * When a hundred nodes are drained in a moment, each makes sure that no pod is left on it right before its machine goes. They share their
 * reads, so that this takes a few requests rather than a hundred.
 */
export const createCensus = (context: Context): Census => {
  const { client, signal, runtime } = context
  let waiting = new Map<string, PromiseWithResolvers<readonly Pod[]>>()
  let isRunning = false

  const read = async (nodes: readonly string[]): Promise<ReadonlyMap<string, readonly Pod[]>> => {
    if (nodes.length > 1 && context.store(Pods).list().length <= nodes.length * podsOfANode) {
      return Map.groupBy(await listAll(client, Pods, { signal }), ({ spec }) => spec?.nodeName ?? '')
    }
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
      const pods = await read([...asked.keys()])
      for (const [node, { resolve }] of asked) resolve(pods.get(node) ?? [])
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
      const answer = Promise.withResolvers<readonly Pod[]>()
      waiting.set(node, answer)
      if (!isRunning) void run()
      return answer.promise
    },
  }
}
