import type { Parsed } from '../api/index.ts'
import type { ClusterFacts } from '../bootstrap/index.ts'
import type { ManagerContext, TypedEmitter } from '../engine/index.ts'
import type { ProviderSession, Providers } from '../inventory/index.ts'
import type { Flights } from './flights.ts'
import type { Seats } from './seats.ts'

/** What hosts can watch. Times in milliseconds. */
export interface NodeEvents {
  /** The provider made a machine, and its id stands on the Node. */
  machineCreated: { readonly node: string; readonly providerID: string; readonly tookMs: number }
  /** The kubelet joined, and pods may come. */
  nodeRunning: { readonly node: string; readonly providerID: string; readonly tookMs: number }
  /** The provider says that the machine is gone, and the Node was let go. */
  machineDeleted: { readonly node: string; readonly providerID: string }
}

/** All that exists while a manager leads, and dies when it does not. */
export interface Life {
  readonly context: ManagerContext
  readonly providers: Providers
  readonly session: ProviderSession
  readonly flights: Flights
  readonly seats: Seats
  /** UID of the kube-system namespace. */
  readonly cluster: string
  /** The `spec.controller` that this manager answers to. */
  readonly controller: string
  /** What machines must know of the cluster; asked for when the first one needs it, and again until it is known. */
  readonly clusterFacts: () => Promise<Parsed<ClusterFacts>>
  /** What to do about machines of ours that no claim stands for. */
  readonly orphans: 'delete' | 'report'
  readonly events: TypedEmitter<NodeEvents>
  /** In words, why nothing that is gone is believed to be gone: the API server went back in time. Lifted by a restart. */
  readonly distrust: () => string | undefined
}
