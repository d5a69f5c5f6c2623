import type { SimulatedMachine } from '../../cloud/index.ts'
import { consistencyWindowMs, idleRefreshMs } from '../estate.ts'
import type { Watch } from './invariant.ts'

/** From the end of the last trouble: sight, window, sight again, a sweep, calls that take their time, a new leader. */
const longestMs = consistencyWindowMs + 3 * idleRefreshMs + 120_000
/** More than that at once is a freeze, which a person has to lift. */
const freezeCount = 2

/** 2: no machine without a claim for long, as far as somebody could have known and acted. */
export const noLeaks: Watch = ({ world, cloud, truth, weather, managers, scenario, lies }, report) => {
  const ours = new Map<string, SimulatedMachine>()
  const since = new Map<string, number>()
  let troubleAt = 0
  cloud.on('starting', machine => {
    if (machine.owner?.controller === 'kube-node.dev/controller' && machine.owner.cluster !== 'another-cluster')
      ours.set(machine.id, machine)
  })
  cloud.on('stopping', machine => void ours.delete(machine.id))
  cloud.on('gone', machine => {
    ours.delete(machine.id)
    since.delete(machine.id)
  })
  const inTrouble = (): boolean => {
    const lives = Array.from({ length: managers.slots }, (_, slot) => managers.life(slot))
    const cut = [...weather.cutFromApi.values(), ...weather.cutFromCloud.values(), ...weather.silent.values()].some(
      until => until > world.now,
    )
    return cut || lives.some(life => life?.state !== 'alive') || world.now - lies.until < 60_000
  }
  return {
    tick() {
      const orphans = [...ours.values()].filter(machine => !truth.nodeByUid(machine.owner?.claim ?? ''))
      const ids = new Set(orphans.map(machine => machine.id))
      for (const id of [...since.keys()]) if (!ids.has(id)) since.delete(id)
      for (const id of ids) since.set(id, since.get(id) ?? world.now)
      // Whatever goes wrong, and for as long as it does, is no time in which a leak could have been mended.
      if (inTrouble() || orphans.length > freezeCount || world.now < scenario.chaosMs) troubleAt = world.now
      for (const [id, from] of since) {
        const forMs = world.now - Math.max(from, troubleAt)
        if (forMs <= longestMs) continue
        const { owner } = ours.get(id) ?? {}
        report(2, `machine ${id} belongs to nobody for ${forMs} ms: its claim ${owner?.claim ?? ''} (${owner?.nodeName ?? ''}) is gone`)
      }
    },
  }
}
