import { isBroken, recordOf } from '@kube-node/core'
import { joinTimeoutMs } from '../estate.ts'
import type { Watch } from './invariant.ts'

const slackMs = 2_000

/** 3: nobody else's machine is deleted, and none that is being made or that its claim still needs. */
export const mineOnly: Watch = ({ world, cloud, truth, scenario, restores }, report) => {
  cloud.on('stopping', machine => {
    const { owner } = machine
    // A group decides which of its machines go, and others by what right it was told to.
    if (machine.group) return
    if (!owner || owner.cluster === 'another-cluster' || owner.controller !== 'kube-node.dev/controller') {
      return report(
        3,
        `machine ${machine.id} of ${owner ? `${owner.cluster}/${owner.controller}` : 'nobody'} was deleted, and it is not ours`,
      )
    }
    const node = truth.nodeByUid(owner.claim)
    if (!node || node.metadata?.deletionTimestamp !== undefined) return
    // Who asked for it knew another truth, or nobody can know any more which of two attempts was the later one.
    if (restores.unsettled || restores.tookBack(owner.claim)) return
    const record = recordOf(node)
    if (!record || isBroken(record)) return report(3, `machine ${machine.id} was deleted while its claim ${owner.nodeName} has no record`)
    if (record.id === undefined) {
      // More machines than one: the rest may go before the last is written down, but only where a provider can't tell.
      if (
        scenario.idempotency === 'lookup' &&
        cloud.machines().filter(m => m.owner?.claim === owner.claim && m.state !== 'gone').length > 1
      )
        return
      return report(3, `machine ${machine.id} was deleted while its claim ${owner.nodeName} waits for it to be made`)
    }
    if (record.id !== machine.id) return
    const ageMs = world.wall - Date.parse(record.createdAt ?? '')
    if (ageMs + slackMs >= joinTimeoutMs) return
    report(3, `machine ${machine.id} of ${owner.nodeName}, which nobody deleted, was deleted ${ageMs} ms after it was made`)
  })
  return {}
}
