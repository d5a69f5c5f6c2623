import { nameOf } from '@kube-node/core/api'
import { recordOf } from '@kube-node/core'
import { claimUidOf } from '../truth.ts'
import type { Watch } from './invariant.ts'

/** By then everybody lists by the credentials of today. Milliseconds. */
const knownMs = 60_000

/** 4: a Node stays for as long as the machine lives that carries its UID, or the one of the claim that it took over. */
export const finalizer: Watch = ({ world, cloud, truth, lies, forced, restores, accounts }, report) => {
  truth.nodes.on(({ now, old }) => {
    if (!old || old.metadata?.uid === now?.metadata?.uid) return
    const uid = claimUidOf(old)
    if (forced.has(uid)) return
    // While a claim is handed over there are two: one of them holds the machine.
    if (truth.nodeByUid(uid)) return
    // Nobody let it go: the API server forgot it, or forgot that there was anything to hold it for.
    if (restores.lost(uid) || (restores.tookBack(uid) && recordOf(old) === undefined)) return
    // A cloud that shows nothing where something is breaks its contract; what was let go meanwhile is its fault.
    if (world.now - lies.until < 60_000) return
    for (const { id, owner, state, account } of cloud.machines()) {
      // Where a restore took back which account it was asked of, nobody sees it in the one that is open now, or was a moment ago.
      if (restores.tookBack(uid) && (account !== accounts.opened || accounts.forMs < knownMs)) continue
      if (owner?.claim === uid && state !== 'gone') report(4, `node ${nameOf(old)} was let go although its machine ${id} is ${state}`)
    }
  })
  return {}
}
