import type { GroupOwner } from '@kube-node/core/provider'
import { type Duration, type Runtime, durationMs } from '@kube-node/core/runtime'
import type { Agenda } from '../../clock/index.ts'
import type { Estate } from '../estate.ts'
import type { FaultState } from '../faults.ts'
import type { MachineFacts } from '../handlers.ts'
import type { SimulatedMachine } from '../machine.ts'
import type { GroupTemplate } from './api.ts'

export interface SimulatedGroupOptions {
  /** From an order to the first machine that is made or taken away by it. Default 1s. */
  readonly lag?: Duration
  /** How long an order keeps the group busy. Default 0s: it takes the next one at once. */
  readonly busyFor?: Duration
}

/** A group as it truly is. A value: every change makes a new one. */
export interface SimulatedGroup {
  readonly id: string
  readonly account: string
  readonly region: string
  readonly size: number
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly busy?: string
  readonly problem?: string
  readonly autoscaled?: string
  readonly owner?: GroupOwner
  readonly revision?: string
  readonly template: GroupTemplate
  /** It ends with its last machine. */
  readonly ending: boolean
  /** Lists show it from then on (wall time in milliseconds). */
  readonly visibleAt: number
}

export type ForeignGroup = Partial<Pick<SimulatedGroup, 'account' | 'region' | 'size' | 'min' | 'max' | 'step' | 'owner' | 'template'>>

/** What people and other programs do to groups, past kube-node. */
export interface SimulatedGroups {
  list(): readonly SimulatedGroup[]
  get(id: string): SimulatedGroup | undefined
  /** The truth: its machines that are not gone. */
  members(id: string): readonly SimulatedMachine[]
  /** Somebody makes one. */
  create(id: string, group?: ForeignGroup): SimulatedGroup
  /** Somebody resizes it; when it shrinks, the cloud takes its oldest machines, and drains nothing. */
  resize(id: string, size: number): void
  /** It is busy with something until that is taken back. */
  busy(id: string, words: string): Disposable
  /** Its sizes from now on; absent parts are free. */
  limit(id: string, limits: { readonly min?: number; readonly max?: number }): void
  /** Something else resizes it, until that is taken back. */
  autoscale(id: string, words: string): Disposable
  /** Lists lack these machines of it, by default all, which is a lie, until that is taken back. */
  hideMembers(id: string, members?: readonly string[]): Disposable
  /** Somebody deletes it, machines and all. */
  destroy(id: string): void
}

export interface GroupEstate extends SimulatedGroups {
  /** As lists show its size: late. */
  shownSize(id: string): number
  /** Do lists show that yet? */
  isVisible(one: Pick<SimulatedGroup, 'visibleAt'>): boolean
  isHidden(id: string, member: string): boolean
  change(id: string, to: Partial<SimulatedGroup>): SimulatedGroup
  /** An order was accepted. */
  accepted(id: string): void
  /** Makes and takes away machines until there are as many as there shall be. */
  level(id: string): void
  end(id: string): void
}

export interface GroupEstateOptions extends SimulatedGroupOptions {
  readonly runtime: Runtime
  readonly agenda: Agenda
  readonly machines: Estate
  readonly faults: FaultState
  /** How late a list shows what has changed. */
  readonly listDelayMs: number
  born(facts: MachineFacts, bootMs: number): SimulatedMachine
  bootMs(): number
}

/** How often a group that gets no machines tries again. */
const restockMs = 5_000

export const groupEstate = (options: GroupEstateOptions): GroupEstate => {
  const { runtime, agenda, machines, faults, listDelayMs, born } = options
  const lagMs = durationMs(options.lag ?? '1s')
  const busyMs = durationMs(options.busyFor ?? '0s')
  const all = new Map<string, SimulatedGroup>()
  const sizes = new Map<string, { readonly at: number; readonly size: number }[]>()
  const hidden = new Map<string, readonly string[] | 'all'>()
  const levelling = new Set<string>()

  const members = (id: string): readonly SimulatedMachine[] =>
    [...machines.all.values()].filter(({ group, state }) => group?.id === id && state !== 'gone')
  const living = (id: string): readonly SimulatedMachine[] => members(id).filter(({ state }) => state === 'starting' || state === 'running')

  const mustBe = (id: string): SimulatedGroup => {
    const group = all.get(id)
    if (!group) throw new RangeError(`the simulated cloud has no group ${id}`)
    return group
  }
  const change = (id: string, to: Partial<SimulatedGroup>): SimulatedGroup => {
    const next = { ...mustBe(id), ...to }
    all.set(id, next)
    if (to.size !== undefined) sizes.set(id, [...(sizes.get(id) ?? []), { at: runtime.clock.now(), size: to.size }])
    return next
  }
  const without = (id: string, key: 'busy' | 'problem' | 'autoscaled'): void => {
    const { [key]: _gone, ...rest } = mustBe(id)
    all.set(id, rest)
  }
  const until = (id: string, key: 'busy' | 'autoscaled', words: string): Disposable => {
    change(id, { [key]: words })
    return { [Symbol.dispose]: () => all.has(id) && without(id, key) }
  }

  const later = (id: string, ms: number): void => {
    if (levelling.has(id)) return
    levelling.add(id)
    agenda.after(ms, () => {
      levelling.delete(id)
      if (all.has(id)) settle(id)
    })
  }

  const settle = (id: string): void => {
    const group = mustBe(id)
    const alive = living(id)
    const surplus = alive.toSorted((a, b) => a.createdAt - b.createdAt).slice(0, Math.max(0, alive.length - group.size))
    for (const machine of surplus) machines.shutDown(machine.id)
    for (let count = alive.length; count < group.size; count++) {
      if (make(group)) continue
      change(id, { problem: `${group.template.capacityType} ${group.template.instanceType} is out of stock` })
      return later(id, restockMs)
    }
    if (group.problem !== undefined) without(id, 'problem')
    if (group.ending && members(id).length === 0) all.delete(id)
  }

  const make = ({ id, account, region, template, revision }: SimulatedGroup): boolean => {
    const { instanceType, capacityType, image, zones, bootMs } = template
    const inZone = (zone: string): number => living(id).filter(machine => machine.zone === zone).length
    const open = zones.filter(zone => !faults.darkZones.has(zone) && !faults.outOfStock({ zone, instanceType, capacityType }))
    const [zone] = open.toSorted((a, b) => inZone(a) - inZone(b))
    if (zone === undefined) return false
    const facts = { name: `${id}-${machines.all.size}`, account, region, zone, instanceType, capacityType, image }
    born({ ...facts, group: { id, ...(revision !== undefined && { revision }) } }, bootMs ?? options.bootMs())
    return true
  }

  const add = (id: string, group: ForeignGroup & Pick<Partial<SimulatedGroup>, 'revision'>): SimulatedGroup => {
    const { account = 'default', region = 'local', size = 0, ...rest } = group
    const template = { zones: [`${region}-a`], instanceType: 'small', capacityType: 'on-demand', image: 'debian-13', ...group.template }
    const visibleAt = runtime.clock.now() + listDelayMs
    const made: SimulatedGroup = { ...rest, id, account, region, size, template, ending: false, visibleAt }
    all.set(id, made)
    sizes.set(id, [{ at: -Infinity, size }])
    later(id, lagMs)
    return made
  }

  for (const state of ['gone', 'stopped', 'stopping'] as const) {
    machines.on(state, ({ id, group }) => {
      if (group === undefined || !all.has(group.id)) return
      // A cloud takes a member that does not run for a broken one.
      if (state === 'stopped') agenda.after(lagMs, () => machines.shutDown(id))
      later(group.id, lagMs)
    })
  }

  return {
    list: () => [...all.values()],
    get: id => all.get(id),
    members,
    create: add,
    resize(id, size) {
      change(id, { size })
      later(id, lagMs)
    },
    busy: (id, words) => until(id, 'busy', words),
    autoscale: (id, words) => until(id, 'autoscaled', words),
    limit(id, limits) {
      const { min: _min, max: _max, ...rest } = mustBe(id)
      all.set(id, { ...rest, ...limits })
    },
    hideMembers(id, which) {
      hidden.set(id, which ?? 'all')
      return { [Symbol.dispose]: () => void hidden.delete(id) }
    },
    destroy(id) {
      change(id, { size: 0, ending: true, busy: 'it is being deleted' })
      for (const { id: machine } of members(id)) machines.shutDown(machine)
      later(id, lagMs)
    },
    shownSize(id) {
      const now = runtime.clock.now() - listDelayMs
      return sizes.get(id)?.findLast(({ at }) => at <= now)?.size ?? mustBe(id).size
    },
    isVisible: ({ visibleAt }) => visibleAt <= runtime.clock.now(),
    isHidden(id, member) {
      const which = hidden.get(id)
      return which === 'all' || which?.includes(member) === true
    },
    change,
    accepted(id) {
      if (busyMs > 0) {
        const busy = until(id, 'busy', 'it carries an order out')
        agenda.after(busyMs, () => {
          if (all.get(id)?.ending === false) busy[Symbol.dispose]()
        })
      }
    },
    level: id => later(id, lagMs),
    end(id) {
      if (all.has(id)) this.destroy(id)
    },
  }
}
