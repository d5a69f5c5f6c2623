import type { Machine, Owner } from '@kube-node/core/provider'

/** A machine as it truly is, whatever lists say. A value: every change makes a new one. */
export interface SimulatedMachine {
  readonly id: string
  readonly name: string
  readonly account: string
  readonly region: string
  readonly zone: string
  readonly instanceType: string
  readonly capacityType: string
  readonly image: string
  /** Absent for foreign machines. */
  readonly owner?: Owner
  /** The group that made it, and what that made then. */
  readonly group?: { readonly id: string; readonly revision?: string }
  /** The token of the create that made it, where its client sent one. */
  readonly token?: string
  readonly userData?: Uint8Array
  readonly state: Machine['state']
  readonly address: string
  /** Under which its kubelet registers, where the cloud dictates that; shown from the time on that it has its address. */
  readonly nodeName?: string
  /** Wall times in milliseconds. */
  readonly createdAt: number
  readonly runningAt?: number
  readonly deletedAt?: number
  readonly goneAt?: number
  /** Lists show it from then on. */
  readonly visibleAt: number
  /** False when a fault keeps it in `starting` for ever. */
  readonly boots: boolean
  /** False when a fault keeps its kubelet from ever coming up. */
  readonly joins: boolean
}

/** What a kind of machine has; what its kubelet reports as capacity. */
export interface InstanceType {
  readonly cpu: string
  readonly memory: string
  readonly pods: string
}

export const instanceTypes: Readonly<Record<string, InstanceType>> = {
  small: { cpu: '2', memory: '4Gi', pods: '110' },
  medium: { cpu: '4', memory: '8Gi', pods: '110' },
  large: { cpu: '8', memory: '32Gi', pods: '110' },
}
