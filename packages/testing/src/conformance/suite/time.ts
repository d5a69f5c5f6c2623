import { type ManualRuntime, type Runtime, describeMs, withDeadline } from '@kube-node/core/runtime'

/** Waiting, in either kind of time: a virtual clock is moved while the suite waits, a real one moves by itself. */
export interface Waiting {
  /** @throws Error that names `what` when the work has not settled within that time; or what the work throws. */
  lasting<T>(what: string, work: PromiseLike<T>, withinMs?: number): Promise<T>
  /** @throws Error that names `what` when the condition does not come true within that time. */
  until<T>(what: string, condition: () => Promise<T | undefined | false>, withinMs?: number): Promise<T>
}

/** How far virtual time goes in one step. */
const stepMs = 50
/** Between two looks at a condition, in real time. */
const lookMs = 10
const isManual = (runtime: Runtime): runtime is ManualRuntime => 'advance' in runtime

export const waitingOn = (runtime: Runtime, patienceMs: number): Waiting => {
  const { clock } = runtime

  const lasting = async <T>(what: string, work: PromiseLike<T>, withinMs: number = patienceMs): Promise<T> => {
    if (!isManual(runtime)) return withDeadline({ clock, ms: withinMs, what }, async () => work)
    let over = false
    const settled = (): void => {
      over = true
    }
    work.then(settled, settled)
    const end = clock.monotonic() + withinMs
    await runtime.settle()
    while (!over) {
      if (clock.monotonic() >= end) throw new Error(`${what}: no answer within ${describeMs(withinMs)}`)
      await runtime.advance(stepMs)
    }
    return work
  }

  return {
    lasting,
    async until(what, condition, withinMs = patienceMs) {
      const end = clock.monotonic() + withinMs
      for (;;) {
        const answer = await condition()
        if (answer !== undefined && answer !== false) return answer
        if (clock.monotonic() >= end) throw new Error(`not within ${describeMs(withinMs)}: ${what}`)
        await lasting('a pause', clock.sleep(isManual(runtime) ? stepMs : lookMs))
      }
    },
  }
}
