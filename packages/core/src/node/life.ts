import type { RevisionContent } from '../claim/index.ts'
import type { ManagerContext, TypedEmitter } from '../engine/index.ts'
import type { ProviderSession, Providers } from '../inventory/index.ts'
import type { ConnectionMemory } from './connections/index.ts'
import type { Census } from './drain/index.ts'
import type { Flights } from './flights.ts'
import type { Freeze } from './freeze/index.ts'
import type { InputsReader } from './inputs.ts'
import type { KeptLosses } from './keptLosses.ts'
import type { LossJudge } from './lossJudge.ts'
import type { Seats } from './seats.ts'

/** What hosts can watch. Times in milliseconds. */
export interface NodeEvents {
  /** The provider made a machine, and its id stands on the Node. */
  machineCreated: { readonly node: string; readonly providerID: string; readonly tookMs: number }
  /** The kubelet joined, and pods may come. */
  nodeRunning: { readonly node: string; readonly providerID: string; readonly tookMs: number }
  /** The machine's kubelet registered under the name that the cloud dictates, and the Node of that name took the claim over. */
  handedOver: { readonly node: string; readonly to: string; readonly providerID: string }
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
  readonly census: Census
  readonly connections: ConnectionMemory
  readonly losses: KeptLosses
  readonly lossJudge: LossJudge
  /** UID of the kube-system namespace. */
  readonly cluster: string
  /** The `spec.controller` that this manager answers to. */
  readonly controller: string
  /** Whether first joins are approved here, and the key that a token was traded for is known. */
  readonly approves: boolean
  /** What bootstraps take from elsewhere in the cluster. */
  readonly inputs: InputsReader
  /** See InitializationOptions. */
  readonly cloudControllerManager: boolean
  /** See NodeControllerOptions. */
  readonly garbage: 'delete' | 'report'
  readonly events: TypedEmitter<NodeEvents>
  /** Where the revisions of sets are kept. */
  readonly namespace: string
  /** By the UID of the set and the name of the ControllerRevision: what it holds never changes. */
  readonly contents: Map<string, RevisionContent>
  /** Whether anything that is gone is believed to be gone: not after the API server went back in time. */
  readonly freeze: Freeze
}
