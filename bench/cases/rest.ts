import { setTimeout as sleep } from 'node:timers/promises'
import { type Sums, sumsOf } from '../measure/requests.ts'
import type { Controller, LoopDelay } from '../stage/controller.ts'
import type { Stage } from '../stage/stage.ts'

/** A cluster in which nothing happens but that kubelets beat. */
export interface Rest {
  readonly seconds: number
  /** Of one core. */
  readonly share: number
  readonly requests: Sums
  readonly peakMiB: number
  readonly loopMs: LoopDelay
}

/** Kubelets renew their Leases every 10 s, and post their status every 5 minutes. */
const heartbeatSeconds = 10

export const atRest = async (stage: Stage, controller: Controller, seconds: number): Promise<Rest> => {
  await stage.heartbeat(heartbeatSeconds)
  // The first beat of each makes its Lease.
  await sleep(heartbeatSeconds * 1_000)
  await stage.requests()
  await controller.inside()
  await controller.resetPeak()
  const before = await controller.usage()
  const began = performance.now()
  await sleep(seconds * 1_000)
  const lasted = (performance.now() - began) / 1_000
  const after = await controller.usage()
  const { loopMs } = await controller.inside()
  const requests = sumsOf(await stage.requests(), 'kube-node')
  await stage.heartbeat(30)
  return { seconds: lasted, share: (after.cpuSeconds - before.cpuSeconds) / lasted, requests, peakMiB: after.peakMiB, loopMs }
}
