import type { SimulatedCloud, SimulatedMachine } from '../../cloud/index.ts'
import { consistencyWindowMs, idleRefreshMs } from '../estate.ts'
import type { Life } from '../life.ts'
import { sweepMs } from '../sight.ts'
import type { Stage } from '../stage.ts'
import type { Watch } from './invariant.ts'

const tickMs = 10_000
/** For calls that take up to two seconds each, in a sweep that makes them one after the other. */
const callsMs = 60_000
/** A window, an inventory, the sweep that suspects and the one that acts. */
const limitMs = consistencyWindowMs + idleRefreshMs + 2 * sweepMs + callsMs

/** 2: no machine without a claim for long, faults or not: counted is the time in which one and the same process could have ended it. */
export const noLeaks: Watch = (stage, report) => {
  const { cloud, truth, sight } = stage
  const ours = new Map<string, SimulatedMachine>()
  const countedMs = new Map<string, number>()
  let counting: Life | undefined
  followOurs(cloud, ours)
  return {
    tick() {
      const leader = leadingLife(stage)
      // What looked like an orphan to one process is news to the next.
      if (leader !== counting) countedMs.clear()
      counting = leader
      const orphans = [...ours.values()].filter(machine => !truth.nodeByUid(machine.owner?.claim ?? ''))
      const ids = new Set(orphans.map(({ id }) => id))
      for (const id of countedMs.keys()) if (!ids.has(id)) countedMs.delete(id)
      if (!leader || suspension(stage, leader, orphans.length, ours.size) !== undefined) return
      for (const { id, owner } of orphans) {
        if (!sight.knows(leader, truth.goneAt(owner?.claim ?? ''))) continue
        const ms = (countedMs.get(id) ?? 0) + tickMs
        countedMs.set(id, ms)
        if (ms <= limitMs) continue
        report(2, `machine ${id} belongs to nobody for ${ms} ms: its claim ${owner?.claim ?? ''} (${owner?.nodeName ?? ''}) is gone`)
      }
    },
  }
}

const followOurs = (cloud: SimulatedCloud, ours: Map<string, SimulatedMachine>): void => {
  cloud.on('starting', machine => {
    if (machine.owner?.controller === 'kube-node.dev/controller' && machine.owner.cluster !== 'another-cluster')
      ours.set(machine.id, machine)
  })
  cloud.on('stopping', machine => void ours.delete(machine.id))
  cloud.on('gone', machine => void ours.delete(machine.id))
}

const leadingLife = ({ managers, truth, scenario }: Stage): Life | undefined => {
  const holder = truth.leader() ?? ''
  return managers.lives.find(({ name, state }) => state === 'alive' && (!scenario.elects || holder.startsWith(`${name}_`)))
}

/** In words, what stops the clock: nobody could act, or everybody has to wait for a person. */
const suspension = ({ world, sight, restores, lies, truth }: Stage, leader: Life, orphans: number, owned: number): string | undefined => {
  if (restores.isWitness(leader) || restores.unsettled) return 'the API server went back in time'
  if (orphans > Math.max(2, Math.floor(owned * 0.3))) return 'so many at once are not believed'
  if (world.now - lies.until < 60_000) return 'the cloud says that it has nothing'
  const broken = [...truth.classes.all.values()].some(({ spec }) => spec.config?.['instanceType'] === 'huge')
  if (broken) return 'the class that leads to the account is not valid'
  return sight.hindrance(leader)
}
