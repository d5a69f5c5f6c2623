import type { Pod } from '@kube-node/core/api'

/** Runs the work when the one before it for the same pod has ended, well or not. */
export type PodTurns = (pod: Pod, work: () => Promise<void>) => Promise<void>

/** A kubelet writes one status of a pod after the other: two at once could arrive the wrong way round, and raise it from the dead. */
export const podTurns = (): PodTurns => {
  const last = new Map<string, Promise<void>>()
  return (pod, work) => {
    const uid = pod.metadata?.uid ?? ''
    const before = last.get(uid)
    const mine = before ? before.then(work, work) : work()
    const leave = (): void => {
      if (last.get(uid) === mine) last.delete(uid)
    }
    last.set(uid, mine)
    mine.then(leave, leave)
    return mine
  }
}
