import { nameOf } from '@kube-node/core/api'
import { recordOf } from '@kube-node/core'
import type { SimulatedMachine } from '../../cloud/index.ts'
import type { Watch } from './invariant.ts'

/** 4: a Node stays for as long as the machine that carries its UID lives. */
export const finalizer: Watch = ({ world, cloud, truth, lies, forced, restores }, report) => {
  const live = new Map<string, Map<string, SimulatedMachine>>()
  cloud.on('starting', machine => {
    const claim = machine.owner?.claim
    if (claim !== undefined) live.set(claim, (live.get(claim) ?? new Map<string, SimulatedMachine>()).set(machine.id, machine))
  })
  cloud.on('gone', machine => void live.get(machine.owner?.claim ?? '')?.delete(machine.id))
  truth.nodes.on(({ now, old }) => {
    if (!old || old.metadata?.uid === now?.metadata?.uid || forced.has(old.metadata?.uid ?? '')) return
    // Nobody let it go: the API server forgot it, or forgot that there was anything to hold it for.
    const uid = old.metadata?.uid ?? ''
    if (restores.lost(uid) || (restores.tookBack(uid) && recordOf(old) === undefined)) return
    // A cloud that shows nothing where something is breaks its contract; what was let go meanwhile is its fault.
    if (world.now - lies.until < 60_000) return
    for (const machine of live.get(old.metadata?.uid ?? '')?.values() ?? []) {
      report(4, `node ${nameOf(old)} was let go although its machine ${machine.id} is ${cloud.machine(machine.id)?.state ?? ''}`)
    }
  })
  return {}
}
