import { randomInt, randomUUID } from 'node:crypto'
import { createOperations, type OperationError, type Operations } from './operations.ts'

export interface Item {
  readonly key: string
  readonly value: string
}

/** One VM. */
export interface Vm {
  readonly id: string
  readonly name: string
  readonly zone: string
  status: string
  readonly createdAt: number
  /** As it was asked for, or as somebody has made it since. */
  asked: Readonly<Record<string, unknown>>
  labels: Readonly<Record<string, string>>
  labelFingerprint: string
  items: readonly Item[]
  fingerprint: string
  upcomingMaintenance?: object
}

/** One persistent disk. */
export interface Disk {
  readonly name: string
  readonly zone: string
  /** Id of the VM that it is attached to. */
  readonly vm: string
  /** Goes with that VM. One that does not stays, and costs. */
  readonly autoDelete: boolean
  /** Path of the image that it was made of. */
  readonly image?: string
}

/** Hears of each change of a VM, at once: the status that it has from now on, or that it is gone. */
export type Watcher = (vm: Vm, now: string) => void

/** What an insert comes to once it was accepted. */
export type Outcome = OperationError | undefined

/** All that one project holds. */
export interface Project {
  readonly id: string
  /** Changed by `add` and `remove` alone, which tell who watches. */
  readonly vms: ReadonlySet<Vm>
  readonly disks: ReadonlySet<Disk>
  readonly watchers: Set<Watcher>
  readonly operations: Operations
  readonly families: Map<string, string>
  /** By requestId: the operation's zone and name, and when it was asked for. */
  readonly seen: Map<string, { readonly zone: string; readonly name: string; readonly at: number }>
  now(): number
  add(vm: Vm, disks?: readonly Disk[]): void
  /** One that is gone stays so, whatever was still under way with it. */
  turn(vm: Vm, status: string): void
  /** Ends it, with the disks that go with it. */
  remove(vm: Vm): void
  find(zone: string, name: string): Vm | undefined
  /** How an insert ends; set by tests. */
  outcome: (zone: string, type: string) => Outcome
}

export const createProject = (id: string, now: () => number): Project => {
  const vms = new Set<Vm>()
  const disks = new Set<Disk>()
  const watchers = new Set<Watcher>()
  const tell: Watcher = (vm, now) => {
    for (const watcher of watchers) watcher(vm, now)
  }
  return {
    id,
    vms,
    disks,
    watchers,
    add(vm, its = []) {
      vms.add(vm)
      for (const disk of its) disks.add(disk)
      tell(vm, vm.status)
    },
    turn(vm, status) {
      if (!vms.has(vm)) return
      vm.status = status
      tell(vm, status)
    },
    remove(vm) {
      if (!vms.delete(vm)) return
      for (const disk of disks) if (disk.vm === vm.id && disk.autoDelete) disks.delete(disk)
      tell(vm, 'gone')
    },
    operations: createOperations(now),
    families: new Map(),
    seen: new Map(),
    now,
    find: (zone, name) => [...vms].find(vm => vm.zone === zone && vm.name === name),
    outcome: () => undefined,
  }
}

/** One of which Google has not heard yet; of what is left out it has nothing. */
export const newVm = (
  { now }: Pick<Project, 'now'>,
  {
    labels = {},
    items = [],
    status = 'PROVISIONING',
    ...given
  }: Pick<Vm, 'name' | 'zone' | 'asked'> & Partial<Pick<Vm, 'labels' | 'items' | 'status'>>,
): Vm => ({
  ...given,
  id: newId(),
  status,
  createdAt: now(),
  labels,
  labelFingerprint: newFingerprint(),
  items,
  fingerprint: newFingerprint(),
})

/** An unsigned 64-bit number, which JSON carries as text. */
const newId = (): string => `${randomInt(1, 9)}${Array.from({ length: 18 }, () => randomInt(10)).join('')}`
export const newFingerprint = (): string => Buffer.from(randomUUID()).toString('base64').slice(0, 12)
