import { nameOf } from '@kube-node/core/api'
import { hasJoined } from '@kube-node/core'
import type { Life } from '../life.ts'
import { recordedId } from '../truth.ts'
import type { Watch } from './invariant.ts'

/** Core waits a minute for kubelets after a start; so much of it is asked for. Milliseconds. */
const graceMs = 50_000

/**
 * 9: who has just begun deletes no machine for want of its kubelet that had joined before: a restore may have taken that back, and the
 * kubelet writes it again.
 */
export const forgottenJoin: Watch = ({ world, truth, restores }, report) => {
  /** Machines whose kubelets have joined, and since when each life acts. */
  const joined = new Set<string>()
  const since = new Map<Life, number>()
  truth.nodes.on(({ now }) => {
    const id = now && hasJoined(now) ? recordedId(now) : undefined
    if (id !== undefined) joined.add(id)
  })
  const begins = (life: Life): number => {
    const known = since.get(life) ?? world.now
    since.set(life, known)
    return known
  }
  return {
    issued: life => void begins(life),
    called(life, operation, id) {
      const forMs = world.now - begins(life)
      if (operation !== 'delete' || id === undefined || !joined.has(id) || forMs >= graceMs || restores.at === -Infinity) return
      // It has not read since the newest restore, and acts on what was before.
      if (restores.isUnaware(life)) return
      // A claim that was just handed over has its machine in common with the Node that took it, and either may be the one that ends.
      const holders = [...truth.nodes.all.values()].filter(each => recordedId(each) === id)
      const node = holders[0]
      if (!node || holders.some(each => hasJoined(each) || each.metadata?.deletionTimestamp !== undefined)) return
      report(9, `${life.name} deletes machine ${id} of ${nameOf(node)} ${forMs} ms after it began: a restore took its kubelet's join back`)
    },
  }
}
