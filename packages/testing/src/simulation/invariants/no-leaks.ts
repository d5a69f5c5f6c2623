import type { SimulatedMachine } from '../../cloud/index.ts'
import { consistencyWindowMs, idleRefreshMs } from '../estate.ts'
import { isOurs } from '../help.ts'
import type { Life } from '../life.ts'
import { sweepMs } from '../sight.ts'
import type { Stage } from '../stage.ts'
import type { Watch } from './invariant.ts'

const tickMs = 10_000
/** Core's look at a Secret that it has no reason to doubt. */
const noticedMs = 30_000
/** For calls that take up to two seconds each, in a sweep that makes them one after the other. */
const callsMs = 60_000
/** A window, an inventory, the sweep that suspects and the one that acts. */
const limitMs = consistencyWindowMs + idleRefreshMs + 2 * sweepMs + callsMs

/** 2: no machine without a claim for long, faults or not: counted is the time in which one and the same process could have ended it. */
export const noLeaks: Watch = (stage, report) => {
  const { cloud, truth, sight, accounts } = stage
  const countedMs = new Map<string, number>()
  let counting: Life | undefined
  return {
    tick() {
      const leader = leadingLife(stage)
      // What looked like an orphan to one process is news to the next.
      if (leader !== counting) countedMs.clear()
      counting = leader
      // Nobody can see into an account that the credentials do not open.
      const inSight = cloud.machines().filter(machine => isOurs(machine) && isLiving(machine) && machine.account === accounts.opened)
      const orphans = inSight.filter(machine => !truth.nodeByUid(machine.owner?.claim ?? ''))
      const ids = new Set(orphans.map(({ id }) => id))
      for (const id of countedMs.keys()) if (!ids.has(id)) countedMs.delete(id)
      if (!leader || suspension(stage, leader, orphans.length, inSight.length) !== undefined) return
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

const isLiving = ({ state }: SimulatedMachine): boolean => state !== 'stopping' && state !== 'gone'

const leadingLife = ({ managers, truth, scenario }: Stage): Life | undefined => {
  const holder = truth.leader() ?? ''
  return managers.lives.find(({ name, state }) => state === 'alive' && (!scenario.elects || holder.startsWith(`${name}_`)))
}

/** In words, what stops the clock: nobody could act, or everybody has to wait for a person. */
const suspension = (
  { world, sight, restores, freezes, lies, truth, accounts }: Stage,
  leader: Life,
  orphans: number,
  owned: number,
): string | undefined => {
  if (freezes.binds(leader) || restores.unsettled) return 'the API server went back in time'
  if (orphans > Math.max(2, Math.floor(owned * 0.3))) return 'so many at once are not believed'
  if (world.now - lies.until < 60_000) return 'the cloud says that it has nothing'
  if (accounts.forMs < noticedMs) return 'the credentials have just become others'
  const broken = [...truth.classes.all.values()].some(({ spec }) => spec.config?.['instanceType'] === 'huge')
  if (broken) return 'the class that leads to the account is not valid'
  return sight.hindrance(leader)
}
