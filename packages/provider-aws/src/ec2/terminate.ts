import { TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { type Call, type ErrorCode, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'

/** Ends many instances with one question. @throws ProviderError */
export type TerminateAll = (ids: readonly string[], call: Call) => Promise<void>

export const terminateAll =
  ({ ec2 }: Clients): TerminateAll =>
  async (ids, call) => {
    const command = new TerminateInstancesCommand({ InstanceIds: [...ids] })
    await asked('TerminateInstances', call, options => ec2.send(command, options))
  }

/** So long the first one waits for others: less than an answer of EC2 takes. */
const gatherMs = 20
/** What EC2 takes at most. */
const mostAtOnce = 1_000
/** What may be said of one instance, and keeps all others of the question: EC2 does all or, in each zone, nothing. */
const ofOne: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NotFound', 'InvalidConfig', 'Busy', 'Internal'])

interface Waiting {
  readonly id: string
  readonly call: Call
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Terminations that come together go together. Each has its own answer: where EC2 refuses a question, everybody asks for himself. One that
 * is given up is so at once, and the others' question goes on.
 */
export const terminator = (terminate: TerminateAll): ((id: string, call: Call) => Promise<void>) => {
  let waiting: Waiting[] = []

  const leave = async (clock: Call['clock']): Promise<void> => {
    await clock.sleep(gatherMs)
    const batch = waiting.filter(({ call }) => !call.signal.aborted)
    waiting = []
    for (let from = 0; from < batch.length; from += mostAtOnce) void ask(batch.slice(from, from + mostAtOnce))
  }

  const ask = async (batch: readonly Waiting[]): Promise<void> => {
    const [first] = batch
    if (!first) return
    const stop = new AbortController()
    const giveUp = (): void => {
      if (batch.every(({ call }) => call.signal.aborted)) stop.abort(first.call.signal.reason)
    }
    for (const { call } of batch) call.signal.addEventListener('abort', giveUp)
    try {
      await terminate(
        batch.map(({ id }) => id),
        { ...first.call, signal: stop.signal },
      )
      for (const { done } of batch) done()
    } catch (error) {
      if (batch.length > 1 && ProviderError.is(error) && ofOne.has(error.code)) await Promise.all(batch.map(one => ask([one])))
      else for (const { failed } of batch) failed(error)
    } finally {
      for (const { call } of batch) call.signal.removeEventListener('abort', giveUp)
    }
  }

  return (id, call) =>
    new Promise((resolve, reject) => {
      const { signal } = call
      const give = (): void => reject(signal.reason)
      const over = (): void => signal.removeEventListener('abort', give)
      if (signal.aborted) return give()
      signal.addEventListener('abort', give, { once: true })
      const entry: Waiting = {
        id,
        call,
        done: () => {
          over()
          resolve()
        },
        failed: error => {
          over()
          reject(error)
        },
      }
      waiting.push(entry)
      if (waiting.length === 1) void leave(call.clock)
    })
}
