import type { Client } from '@kube-node/core/kube'
import type { SimulatedCloud, SimulatedKubelets } from '../cloud/index.ts'
import type { ApiServer, Snapshot } from '../server/index.ts'
import type { Foreign } from './foreign.ts'
import type { Managers } from './managers.ts'
import type { Restores } from './restores.ts'
import type { Incident } from './kinds.ts'
import type { Scenario } from './scenario.ts'
import type { Sight } from './sight.ts'
import type { Truth } from './truth.ts'
import type { Weather } from './weather.ts'
import type { World } from './world.ts'

/** Everything that plays a part. */
export interface Stage {
  readonly world: World
  readonly scenario: Scenario
  readonly weather: Weather
  readonly server: ApiServer
  readonly cloud: SimulatedCloud
  readonly kubelets: SimulatedKubelets
  readonly truth: Truth
  readonly restores: Restores
  readonly sight: Sight
  /** Backups of the API server, by the incident that will need them. */
  readonly backups: Map<Incident, Snapshot>
  readonly managers: Managers
  /** World time until which the cloud listed nothing although there was something (-Infinity: never), and how many machines it hid. */
  readonly lies: { until: number; recorded: number }
  /** What people have put on Nodes and not taken off. */
  readonly foreign: Foreign
  /** UIDs of Nodes whose finalizers a person took off: what becomes of their machines is the sweep's matter. */
  readonly forced: Set<string>
  /** The watches of kubelets and Kubernetes' own controllers end with an error: they list again. */
  readonly breakComponents: () => void
  /** An administrator, past all ports. */
  readonly client: Client
}
