import { NodeSets, nameOf } from '@kube-node/core/api'
import { type Plays, among, setsOf } from './play.ts'
import type { Stage } from '../stage.ts'

const slotOf = ({ managers }: Stage, which: number): number => Math.floor(which * managers.slots)

/** The slot of the manager that leads. */
export const leadingSlot = ({ managers, truth }: Stage): number | undefined => {
  const leader = truth.leader() ?? ''
  return Array.from({ length: managers.slots }, (_, slot) => slot).find(slot => leader.startsWith(`${managers.life(slot)?.name ?? ''}_`))
}

/** What befalls the processes that run kube-node, and their ways to the rest. */
export const managerPlays: Plays<'managers'> = {
  crash(stage, { which, ms }) {
    stage.managers.crash(slotOf(stage, which), Math.min(ms, 30_000))
    return undefined
  },
  freeze(stage, { which, ms }) {
    stage.managers.freeze(slotOf(stage, which), ms, false)
    return undefined
  },
  suspend(stage, { which, ms }) {
    stage.managers.freeze(slotOf(stage, which), ms, true)
    return undefined
  },
  stop(stage, { which }) {
    stage.managers.stop(slotOf(stage, which))
    return undefined
  },
  'cut-from-api'(stage, { which, ms }) {
    const slot = slotOf(stage, which)
    const until = stage.world.now + ms
    stage.weather.cutFromApi.set(slot, until)
    for (const plural of ['nodes', 'nodesets', 'nodeclasses', 'pods']) stage.weather.silent.set(`${slot}/${plural}`, until)
    return `m${slot + 1} can't reach the API server for ${ms} ms`
  },
  'cut-from-cloud'(stage, { which, ms }) {
    const slot = slotOf(stage, which)
    stage.weather.cutFromCloud.set(slot, stage.world.now + ms)
    return `m${slot + 1} can't reach the cloud for ${ms} ms`
  },
  'break-watches'(stage, { which, ms }) {
    stage.managers.breakWatches(slotOf(stage, which), ms % 2 === 0 ? 'error' : 'end')
    return `the watches of m${slotOf(stage, which) + 1} break`
  },
  'expire-watches'(stage, { which }) {
    stage.managers.breakWatches(slotOf(stage, which), 'expired')
    return `the watches of m${slotOf(stage, which) + 1} end with 410 Gone`
  },
  'stale-cache'(stage, { which, ms }) {
    const slot = slotOf(stage, which)
    const plural = among(['nodes', 'nodes', 'nodes', 'nodesets', 'pods', 'nodeclasses'], (which * 97) % 1) ?? 'nodes'
    const forMs = Math.min(ms, 30_000)
    stage.weather.silent.set(`${slot}/${plural}`, stage.world.now + forMs)
    return `m${slot + 1} hears nothing new of ${plural} for ${forMs} ms`
  },
  'crash-after-create'(stage, { which, ms }) {
    const armed = stage.cloud.on('starting', machine => {
      if (!machine.owner) return
      armed[Symbol.dispose]()
      const slot = leadingSlot(stage) ?? slotOf(stage, which)
      stage.world.at(ms % 2_500, `the end of m${slot + 1} after a create`, () => {
        if (ms % 2 === 0) stage.managers.crash(slot, 500)
        else stage.managers.stop(slot)
      })
    })
    return undefined
  },
  async 'stale-takeover'(stage, { which }) {
    const set = among(setsOf(stage), which)
    const slot = leadingSlot(stage)
    if (!set || slot === undefined) return undefined
    for (let other = 0; other < stage.managers.slots; other++)
      if (other !== slot) stage.weather.silent.set(`${other}/nodes`, stage.world.now + 50_000)
    const replicas = (set.spec.replicas ?? 1) + 2
    await stage.client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas } } })
    stage.world.at(12_000, `the end of m${slot + 1} while the others know nothing`, () => stage.managers.crash(slot, 30_000))
    return `a person scales set ${nameOf(set)} to ${replicas}; those who stand by do not see its nodes, and m${slot + 1} is about to crash`
  },
}
