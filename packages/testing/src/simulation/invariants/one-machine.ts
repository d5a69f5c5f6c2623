import type { SimulatedMachine } from '../../cloud/index.ts'
import type { Watch } from './invariant.ts'

/** How long a provider of idempotency `lookup` may have two machines for a claim before one of them has to go. */
const convergenceMs = 480_000

/** 1: one claim, at most one machine; with `lookup`, converging to one. */
export const oneMachine: Watch = ({ world, cloud, scenario, truth, lies, restores, accounts }, report) => {
  const live = new Map<string, Map<string, SimulatedMachine>>()
  const twoSince = new Map<string, number>()
  /** Machines that stood in a record beside others once: nobody may believe that all are gone, those apart that were told to go. */
  const noted = new Set<string>()
  truth.nodes.on(() => {
    for (const id of truth.recorded()) noted.add(id)
  })
  const cannotBelieve = (there: ReadonlyMap<string, SimulatedMachine>, born: SimulatedMachine): boolean =>
    Math.min(lies.recorded, truth.recorded().size + 1) > 1 &&
    [...there.keys()].every(id => id === born.id || (noted.has(id) && cloud.machine(id)?.state !== 'stopping'))
  const name = (m: SimulatedMachine): string => `${m.id} (attempt ${m.owner?.attempt ?? 0})`
  cloud.on('starting', machine => {
    const claim = machine.owner?.claim
    if (claim === undefined) return
    const there = live.get(claim) ?? new Map<string, SimulatedMachine>()
    live.set(claim, there.set(machine.id, machine))
    if (there.size < 2) return
    // Who is told that a machine does not exist, against the provider's contract, makes another one.
    if (world.now - lies.until < 60_000 && !cannotBelieve(there, machine)) return
    // An attempt that was taken back from the record can't be known, nor the machine that it made and no list shows yet.
    if (scenario.idempotency === 'lookup' || restores.tookBack(claim)) return void twoSince.set(claim, twoSince.get(claim) ?? world.now)
    report(
      1,
      `the claim ${machine.owner?.nodeName ?? ''} (${claim}) has ${there.size} live machines: ${[...there.values()].map(name).join(', ')}`,
    )
  })
  cloud.on('gone', machine => {
    const claim = machine.owner?.claim ?? ''
    const there = live.get(claim)
    there?.delete(machine.id)
    if ((there?.size ?? 0) < 2) twoSince.delete(claim)
  })
  return {
    tick() {
      for (const [claim, since] of twoSince) {
        // The credentials open another account than that of both: nobody sees them, and the time is not running.
        if ([...(live.get(claim)?.values() ?? [])].every(({ account }) => account !== accounts.opened)) {
          twoSince.set(claim, world.now)
          continue
        }
        // Without a claim they are orphans: another invariant's matter.
        // Credentials open one account at a time, so that nobody sees both: where a restore took back which one a machine was asked of.
        const unseen = restores.tookBack(claim) && accountsOf(live.get(claim)) > 1
        if (!unseen && truth.nodeByUid(claim) && world.now - since > convergenceMs) {
          report(1, `the claim ${claim} has had ${live.get(claim)?.size ?? 0} machines since ${world.now - since} ms`)
        }
      }
    },
  }
}

const accountsOf = (machines: ReadonlyMap<string, SimulatedMachine> = new Map()): number =>
  new Set([...machines.values()].map(({ account }) => account)).size
