import { setTimeout as sleep } from 'node:timers/promises'
import { type Processors, usedSince } from '../measure/process.ts'
import { type Requests, joined, sumsOf } from '../measure/requests.ts'
import type { Controller, LoopDelay } from '../stage/controller.ts'
import type { Stage } from '../stage/stage.ts'

/** What something has taken that the controller was given to do. */
export interface Phase {
  readonly seconds: number
  /** Of all clients, until the controller had nothing more to write. */
  readonly requests: Requests
  /** Of the controller alone, in the same time. */
  readonly cpuSeconds: number
  /** CPU seconds of the others, in the same time. */
  readonly others: Processors
  readonly peakMiB: number
  readonly loopMs: LoopDelay
}

const quietMs = 3_000
const longestMs = 60_000

/** Requests until the controller has written nothing for 3 s. @throws Error when it goes on for a minute. */
const untilQuiet = async (stage: Stage): Promise<Requests> => {
  const until = performance.now() + longestMs
  let all = await stage.requests()
  for (;;) {
    await sleep(quietMs)
    const more = await stage.requests()
    all = joined(all, more)
    const { writes, setWrites, events } = sumsOf(more, 'kube-node')
    if (writes + setWrites + events === 0) return all
    if (performance.now() > until) throw new Error(`the controller still writes: ${[...more].join(', ')}`)
  }
}

/** Has it do something, and measures until that is done. */
export const measured = async (stage: Stage, controller: Controller, act: () => Promise<void>): Promise<Phase> => {
  await stage.requests()
  await controller.inside()
  await controller.resetPeak()
  const before = await controller.usage()
  const othersBefore = await stage.processors()
  const began = performance.now()
  await act()
  const seconds = (performance.now() - began) / 1_000
  const after = await controller.usage()
  const others = usedSince(othersBefore, await stage.processors())
  const { loopMs } = await controller.inside()
  return {
    seconds,
    requests: await untilQuiet(stage),
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    others,
    peakMiB: after.peakMiB,
    loopMs,
  }
}
