import type { Client, KubeRequest } from '@kube-node/core/kube'
import type { SimulatedCloud, SimulatedKubelets } from '../cloud/index.ts'
import type { ApiServer, Snapshot } from '../server/index.ts'
import type { Accounts } from './accounts.ts'
import type { Foreign } from './foreign.ts'
import type { Freezes } from './freezes.ts'
import type { GroupBooks } from './groups/books.ts'
import type { Joining } from './joining.ts'
import type { Managers } from './managers.ts'
import type { OldNodes } from './oldNodes.ts'
import type { Restores } from './restores.ts'
import type { Incident } from './kinds.ts'
import type { Scenario } from './scenario.ts'
import type { Sight } from './sight.ts'
import type { Truth } from './truth.ts'
import type { Storage } from './volumes.ts'
import type { Weather } from './weather.ts'
import type { Holds } from './workload.ts'
import type { World } from './world.ts'

/** Everything that plays a part. */
export interface Stage {
  readonly world: World
  readonly scenario: Scenario
  readonly weather: Weather
  readonly server: ApiServer
  readonly cloud: SimulatedCloud
  readonly kubelets: SimulatedKubelets
  readonly joining: Joining
  readonly old: OldNodes
  /** Hear of every call to the cloud as it leaves a manager, by its first word. */
  readonly calls: Set<(operation: string) => void>
  /** Hear of every request to the API server as it leaves a manager. */
  readonly requests: Set<(request: KubeRequest) => void>
  readonly truth: Truth
  readonly accounts: Accounts
  readonly restores: Restores
  readonly freezes: Freezes
  readonly sight: Sight
  readonly groups: GroupBooks
  /** Backups of the API server, by the incident that will need them. */
  readonly backups: Map<Incident, Snapshot>
  readonly managers: Managers
  /** World time until which the cloud listed nothing although there was something (-Infinity: never), and how many machines it hid. */
  readonly lies: { until: number; recorded: number }
  /** What people have put on Nodes and not taken off. */
  readonly foreign: Foreign
  readonly storage: Storage
  readonly holds: Holds
  /** UIDs of Nodes whose finalizers a person took off: what becomes of their machines is the sweep's matter. */
  readonly forced: Set<string>
  /** The watches of kubelets and Kubernetes' own controllers end with an error: they list again. */
  readonly breakComponents: () => void
  /** An administrator, past all ports. */
  readonly client: Client
}
