import type { Life } from '../life.ts'
import type { Watch } from './invariant.ts'

/** 11: who does not hold the lease changes nothing. Events and the lease itself apart, which harm nobody. */
export const oneLeader: Watch = ({ truth, scenario }, report) => {
  const mayAct = (life: Life, what: string): void => {
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
      if (operation !== 'list') mayAct(life, operation)
    },
  }
}
