import { nameOf } from '@kube-node/core/api'
import { bears } from '../foreign.ts'
import type { Watch } from './invariant.ts'

/** 12: labels, annotations and taints that others put on a Node stay until they take them off. */
export const foreignKeys: Watch = ({ truth, foreign }, report) => {
  truth.nodes.on(({ now }) => {
    if (!now) return
    for (const mark of foreign.get(now.metadata?.uid ?? '') ?? []) {
      if (!bears(now, mark)) report(12, `${nameOf(now)} has lost the ${mark.place} ${mark.key}=${mark.value}, which nobody took off`)
    }
  })
  return {}
}
