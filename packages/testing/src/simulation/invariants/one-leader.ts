import type { Life } from '../life.ts'
import type { Watch } from './invariant.ts'

/** The default of core's leader election. */
const renewDeadlineMs = 10_000

/** Of the provider's operations, those that only look. */
const reads: readonly string[] = ['list', 'account', 'resolve']

/** 11: who does not hold the lease changes nothing. Events and the lease itself apart, which harm nobody. */
export const oneLeader: Watch = ({ world, truth, scenario, restores }, report) => {
  const mayAct = (life: Life, what: string): void => {
    // The lease went back too: who held it acts until it is due to be renewed.
    if (world.now - restores.at < renewDeadlineMs) return
    // Who is born after somebody deleted the lease has seen nobody hold it, and takes it at once: who held it learns that at its renewal.
    const { deposed } = truth
    if (deposed && deposed.holder.startsWith(`${life.name}_`) && world.now - deposed.at < renewDeadlineMs) return
    const holder = scenario.elects ? truth.leader() : undefined
    if (holder !== undefined && holder !== '' && !holder.startsWith(`${life.name}_`)) {
      report(11, `${life.name} acts (${what}) while ${holder} leads`)
    }
  }
  return {
    issued(life, { method, path }) {
      if (method !== 'GET' && !path.includes('/leases') && !path.includes('/events')) mayAct(life, `${method} ${path}`)
    },
    called(life, operation) {
      if (!reads.includes(operation)) mayAct(life, operation)
    },
  }
}
