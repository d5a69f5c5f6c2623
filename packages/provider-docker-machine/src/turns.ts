/** What calls of this process are doing to machines: of all connections, as they share a storage. */
export interface Turns {
  /** Whether a call that makes it is under way. */
  isMade(name: string): boolean
  /** A call that makes it. */
  making<T>(name: string, work: () => Promise<T>): Promise<T>
  /**
   * One after the other, where what stands there decides what is begun or taken away: nobody acts on what another one has just changed.
   * Waits no longer than the signal allows, and then rejects with its reason.
   */
  inTurn<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export const createTurns = (): Turns => {
  const makers = new Map<string, number>()
  /** By name: resolves when all who have asked so far are done. */
  const queues = new Map<string, Promise<void>>()

  return {
    isMade: name => makers.has(name),
    async making(name, work) {
      makers.set(name, (makers.get(name) ?? 0) + 1)
      try {
        return await work()
      } finally {
        const left = (makers.get(name) ?? 1) - 1
        if (left > 0) makers.set(name, left)
        else makers.delete(name)
      }
    },
    async inTurn(name, signal, work) {
      const before = queues.get(name)
      const done = Promise.withResolvers<void>()
      // Who gives up waiting leaves those before it in their turn.
      const queue = Promise.all([before, done.promise]).then(() => {
        if (queues.get(name) === queue) queues.delete(name)
      })
      queues.set(name, queue)
      try {
        await beforeAbort(before, signal)
        return await work()
      } finally {
        done.resolve()
      }
    },
  }
}

const beforeAbort = async (turn: Promise<void> | undefined, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted()
  if (!turn) return
  const given = Promise.withResolvers<void>()
  const giveUp = (): void => given.reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    await Promise.race([turn, given.promise])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
