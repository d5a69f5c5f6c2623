import type { KubeTransport } from '@kube-node/core/kube'
import type { Duration, Log, Runtime } from '@kube-node/core/runtime'
import type { SimulatedCloud } from '../cloud.types.ts'
import type { SimulatedMachine } from '../machine.ts'

export interface SimulatedKubeletsOptions {
  readonly cloud: Pick<SimulatedCloud, 'machines' | 'machine' | 'on' | 'capacity'>
  readonly transport: KubeTransport
  readonly runtime: Runtime
  readonly log?: Log
  /** From a running machine to a kubelet that registers. Default 1s. */
  readonly joinDelay?: Duration
  /** From then to Ready=True; with more than 0 the first status says Ready=False, as while a CNI comes up. Default 0s. */
  readonly readyDelay?: Duration
  /** How often each renews its Lease; every 5 minutes it posts its status too. Default 10s, as real ones. `off`: never. */
  readonly heartbeat?: Duration | 'off'
  /** From the deletion of a pod to its end. Default 100ms. */
  readonly podStopTime?: Duration
  /**
   * Under which name the kubelet of a machine registers; undefined: none of this cluster runs there. Default: that of its owner, where it
   * is of this cluster.
   */
  readonly hostname?: (machine: SimulatedMachine) => string | undefined
  /** Default v1.37.2. */
  readonly version?: string
  /**
   * The way to the API server with that kubelet's own identity; it may take the whole way of a bootstrap token and a certificate.
   * What it throws is tried again. Default: `transport` itself.
   */
  readonly joinAs?: (machine: SimulatedMachine, signal: AbortSignal) => KubeTransport | Promise<KubeTransport>
}

/** A kubelet for each running machine that has an owner in this cluster. */
export interface SimulatedKubelets {
  /** Runs them all until the signal fires; resolves when what was under way has ended. */
  run(signal: AbortSignal): Promise<void>
  /** The kubelet of this machine dies, the machine lives on. */
  stop(machineId: string): void
  /** It comes up again. */
  start(machineId: string): void
  /**
   * Each posts its status with its next heartbeat, whatever it has posted before: a real kubelet reads its Node every 10 s, and
   * writes what it finds missing there, as after a restore from a backup.
   */
  postAll(): void
  /** What it says of Ready from now on. */
  setReady(machineId: string, ready: boolean): void
}
