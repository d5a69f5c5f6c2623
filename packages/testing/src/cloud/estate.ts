import type { Owner } from '@kube-node/core/provider'
import type { Log, Runtime } from '@kube-node/core/runtime'
import type { Agenda } from '../clock/index.ts'
import type { SimulatedMachine } from './machine.ts'

export type MachineListener = (machine: SimulatedMachine) => void

export interface Listing {
  readonly items: readonly SimulatedMachine[]
  /** Where to go on; absent on the last page. */
  readonly next?: number
}

export interface EstateOptions {
  readonly runtime: Runtime
  readonly agenda: Agenda
  readonly log: Log | undefined
  readonly stopMs: number
  readonly goneVisibleMs: number
}

/** All machines that ever were, and the course of their lives: starting, running, stopping, gone. */
export interface Estate {
  readonly all: ReadonlyMap<string, SimulatedMachine>
  add(machine: SimulatedMachine, bootMs: number): SimulatedMachine
  /** The machine that a create with this token made, dead or alive. */
  byToken(account: string, token: string): SimulatedMachine | undefined
  /** The machine that has the name now; a dead one has none. */
  byName(account: string, name: string): SimulatedMachine | undefined
  living(account: string, region: string): number
  /** What a list shows from `after` on, in the order of creation, whatever changes between two pages. */
  page(account: string, region: string, after: number, limit: number): Listing
  listed(id: string): boolean
  /** Somebody makes another machine of it. */
  alter(id: string, changes: Pick<SimulatedMachine, 'instanceType'>): void
  /** Writes on it whose it is. */
  tag(id: string, owner: Owner): SimulatedMachine | undefined
  shutDown(id: string): void
  /** It dies by itself, at once. */
  die(id: string, as: 'gone' | 'stopped', listed: boolean): void
  on(state: SimulatedMachine['state'], listener: MachineListener): Disposable
}

interface Listed {
  readonly id: string
  readonly sequence: number
}

export const estate = ({ runtime, agenda, log, stopMs, goneVisibleMs }: EstateOptions): Estate => {
  const all = new Map<string, SimulatedMachine>()
  const tokens = new Map<string, string>()
  const names = new Map<string, string>()
  const regions = new Map<string, Map<string, Listed>>()
  const listeners = new Map<SimulatedMachine['state'], Set<MachineListener>>()
  let sequences = 0

  const key = (...parts: readonly string[]): string => parts.join('\n')
  const region = (account: string, name: string): Map<string, Listed> => {
    const there = regions.get(key(account, name)) ?? new Map<string, Listed>()
    regions.set(key(account, name), there)
    return there
  }
  const tell = (machine: SimulatedMachine): void => {
    for (const listener of listeners.get(machine.state) ?? []) {
      try {
        listener(machine)
      } catch (error) {
        log?.('error', 'a listener of the simulated cloud failed', { machine: machine.id, state: machine.state, error })
      }
    }
  }
  const enter = (id: string, changes: Partial<SimulatedMachine> & Pick<SimulatedMachine, 'state'>): void => {
    const machine = all.get(id)
    if (!machine || machine.state === 'gone') return
    const next = { ...machine, ...changes }
    all.set(id, next)
    log?.('debug', `machine ${id} is ${next.state}`, { machine: id, node: next.owner?.nodeName })
    tell(next)
  }
  const unlist = (id: string): void => {
    const machine = all.get(id)
    if (machine) region(machine.account, machine.region).delete(id)
  }
  const bury = (id: string, listed: boolean): void => {
    const machine = all.get(id)
    if (!machine || machine.state === 'gone') return
    if (names.get(key(machine.account, machine.name)) === id) names.delete(key(machine.account, machine.name))
    if (!listed) unlist(id)
    else agenda.after(goneVisibleMs, () => unlist(id))
    enter(id, { state: 'gone', goneAt: runtime.clock.now() })
  }

  return {
    all,
    add(machine, bootMs) {
      all.set(machine.id, machine)
      region(machine.account, machine.region).set(machine.id, { id: machine.id, sequence: ++sequences })
      if (machine.token !== undefined) tokens.set(key(machine.account, machine.token), machine.id)
      names.set(key(machine.account, machine.name), machine.id)
      tell(machine)
      if (machine.boots) {
        agenda.after(bootMs, () => {
          if (all.get(machine.id)?.state === 'starting') enter(machine.id, { state: 'running', runningAt: runtime.clock.now() })
        })
      }
      return machine
    },
    byToken: (account, token) => all.get(tokens.get(key(account, token)) ?? ''),
    byName: (account, name) => all.get(names.get(key(account, name)) ?? ''),
    living(account, name) {
      let count = 0
      for (const { id } of region(account, name).values()) if (all.get(id)?.state !== 'gone') count++
      return count
    },
    page(account, name, after, limit) {
      const now = runtime.clock.now()
      const items: SimulatedMachine[] = []
      let last = after
      for (const { id, sequence } of region(account, name).values()) {
        const machine = all.get(id)
        if (sequence <= after || !machine || machine.visibleAt > now) continue
        if (items.length === limit) return { items, next: last }
        items.push(machine)
        last = sequence
      }
      return { items }
    },
    listed(id) {
      const machine = all.get(id)
      return machine !== undefined && region(machine.account, machine.region).has(id)
    },
    tag(id, owner) {
      const machine = all.get(id)
      const tagged = machine && { ...machine, owner }
      if (tagged) all.set(id, tagged)
      return tagged
    },
    alter(id, changes) {
      const machine = all.get(id)
      if (machine) all.set(id, { ...machine, ...changes })
    },
    shutDown(id) {
      const machine = all.get(id)
      if (!machine || machine.state === 'stopping' || machine.state === 'gone') return
      enter(id, { state: 'stopping', deletedAt: runtime.clock.now() })
      if (stopMs === 0) bury(id, true)
      else agenda.after(stopMs, () => bury(id, true))
    },
    die(id, as, listed) {
      if (as === 'gone') bury(id, listed)
      else enter(id, { state: 'stopped' })
    },
    on(state, listener) {
      const set = listeners.get(state) ?? new Set<MachineListener>()
      listeners.set(state, set)
      set.add(listener)
      return { [Symbol.dispose]: () => void set.delete(listener) }
    },
  }
}
