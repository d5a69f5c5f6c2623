import { type Namespace, Namespaces, pathOf } from '@kube-node/core/api'
import { errorText } from '@kube-node/core/runtime'
import type { FollowOptions } from './follow.ts'
import { send } from './request.ts'

/** UID of kube-system, which is what owners of machines call the cluster; asks until it has it. Undefined when the signal fires first. */
export const clusterUid = async ({ transport, runtime, log }: FollowOptions, signal: AbortSignal): Promise<string | undefined> => {
  while (!signal.aborted) {
    try {
      const { body } = await send(transport, { method: 'GET', path: pathOf(Namespaces, undefined, 'kube-system'), signal })
      // The API server answers a Namespace here: the cast at the border.
      const uid = (body as unknown as Namespace).metadata?.uid
      if (uid !== undefined) return uid
    } catch (error) {
      if (!signal.aborted) log?.('debug', 'the simulated kubelets wait for the cluster', { error: errorText(error) })
    }
    await runtime.clock.sleep(1_000, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason
    })
  }
  return undefined
}
