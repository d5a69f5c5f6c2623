import type { GroupProvider, MachineProvider, Owner } from '@kube-node/core/provider'
import type { Duration, Log, Runtime } from '@kube-node/core/runtime'
import type { CloudApi, CreateMachine, Operation } from './api.ts'
import type { MachineListener } from './estate.ts'
import type { Faults } from './faults.ts'
import type { SimulatedGroupOptions, SimulatedGroupProviderOptions, SimulatedGroups } from './groups/index.ts'
import type { InstanceType, SimulatedMachine } from './machine.ts'
import type { SimulatedProviderOptions } from './provider.ts'

export interface SimulatedCloudOptions {
  readonly runtime: Runtime
  readonly log?: Log
  /** From a create to a running machine, if its config says nothing else. A pair draws evenly between the two. Default 2s. */
  readonly bootTime?: Duration | readonly [Duration, Duration]
  /** From an accepted delete to a machine that is gone. Default 500ms. */
  readonly stopTime?: Duration
  /** How long a dead machine still stands in lists, as `gone`. Default 1m. */
  readonly goneVisible?: Duration
  /** How late a new machine appears in lists. Default 0s. Beyond the provider's consistencyWindow it breaks its promise. */
  readonly listDelay?: Duration
  /** How long every call takes; a pair draws evenly. Default 0s. */
  readonly latency?: Duration | readonly [Duration, Duration]
  /** Machines that may live at once in one account and region. Default: any number. */
  readonly quota?: number
  /** More kinds of machines than small, medium and large. */
  readonly instanceTypes?: Readonly<Record<string, InstanceType>>
  /** `cloud`: kubelets register as `ip-10-0-0-1.local.internal`, after address and region. Default `claim`: as their claims. */
  readonly nodeNames?: 'claim' | 'cloud'
  /** How groups behave. */
  readonly groups?: SimulatedGroupOptions
  /** Which credential opens which account. Absent: the cloud asks nobody, and there is one account. */
  readonly tokens?: Readonly<Record<string, string>>
}

export interface KillOptions {
  /** `gone`: terminated. `stopped`: powered off, and still there. Default gone. */
  readonly as?: 'gone' | 'stopped'
  /** Does a list still show it for a while? Default true. */
  readonly listed?: boolean
}

export interface ForeignMachine {
  readonly account?: string
  readonly region?: string
  readonly zone?: string
  readonly name?: string
  readonly instanceType?: string
  /** Of another cluster or controller. Default: no owner at all. */
  readonly owner?: Owner
}

/** A cloud that outlives the controllers that use it: its machines stay when they crash. */
export interface SimulatedCloud extends AsyncDisposable {
  /** A provider for a manager. Several of one cloud see the same machines. */
  provider(options?: SimulatedProviderOptions): MachineProvider
  /** A provider of the cloud's groups. */
  groupProvider(options?: SimulatedGroupProviderOptions): GroupProvider
  /** The groups as they truly are, and what others do to them. */
  readonly groups: SimulatedGroups
  /** The truth: all machines that ever were, in the order of their creation. */
  machines(): readonly SimulatedMachine[]
  machine(id: string): SimulatedMachine | undefined
  /** Calls that reached the cloud, by operation, refused ones included. */
  readonly calls: Readonly<Record<Operation, number>>
  /** Hears of each machine that somebody asks for, as he asked for it, before it is made or refused; repeated requests included. */
  onCreate(listener: (request: CreateMachine) => void): Disposable
  readonly faults: Faults
  /** Tells of every machine that enters the state. What a listener throws goes to the log. */
  on(state: SimulatedMachine['state'], listener: MachineListener): Disposable
  /** The machine dies by itself. @throws RangeError when there is no such machine. */
  kill(id: string, options?: KillOptions): void
  /** Somebody changes the machine at the cloud. @throws RangeError when there is no such machine. */
  alter(id: string, changes: Pick<SimulatedMachine, 'instanceType'>): void
  /** A machine that somebody else made. */
  createForeign(machine?: ForeignMachine): SimulatedMachine
  /** From now on the name of that family of images stands for this one. A provider with `resolve` asks for it. */
  release(family: string, image: string): void
  /** What a machine has. */
  capacity(machine: Pick<SimulatedMachine, 'instanceType'>): InstanceType
  /** The cloud's own API, for those who serve it over a wire. */
  readonly api: CloudApi
}
