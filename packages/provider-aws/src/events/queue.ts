import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { type Call, type Interruption, ProviderError } from '@kube-node/core/provider'
import { type Clients, accountOf, asked } from '../aws/index.ts'
import { interruptionsIn } from './event.ts'

/** The longest that SQS waits for a message, in seconds. */
const WaitTimeSeconds = 20
/** What SQS gives at most. */
const MaxNumberOfMessages = 10
/** Seconds: what a controller took and could not write comes again after that, well within the two minutes of a spot instance. */
const VisibilityTimeout = 30

/**
 * What comes out of the queue, for as long as the call lives. Messages are deleted when all that they say was taken, and what says
 * nothing of an instance with them: the queue is this controller's alone. One of another account is left to whom it is for.
 */
export async function* interruptionsFrom(clients: Clients, queue: InterruptionQueue, call: Call): AsyncGenerator<Interruption> {
  const account = await accountOf(clients, call)
  if (account !== queue.account) {
    call.log('info', 'the queue of interruptions is of another account, and not read', { account, queue: queue.url })
    await untilAborted(call.signal)
    return
  }
  while (!call.signal.aborted) {
    const messages = await receive(clients, queue, call)
    for (const { Body = '' } of messages) {
      const said = interruptionsIn(Body)
      if (said.length === 0) call.log('debug', 'a message says nothing of an instance', { queue: queue.url })
      yield* said
    }
    if (messages.length > 0) await remove(clients, queue, messages, call)
  }
}

const receive = async ({ sqs }: Clients, { url }: InterruptionQueue, call: Call): Promise<readonly Message[]> => {
  const command = new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds, MaxNumberOfMessages, VisibilityTimeout })
  const { Messages = [] } = await asked('ReceiveMessage', call, options => sqs.send(command, options))
  return Messages
}

/** What is not deleted comes again, and says the same. @throws ProviderError */
const remove = async ({ sqs }: Clients, { url }: InterruptionQueue, messages: readonly Message[], call: Call): Promise<void> => {
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
  const command = new DeleteMessageBatchCommand({ QueueUrl: url, Entries })
  const { Failed: [failure] = [] } = await asked('DeleteMessageBatch', call, options => sqs.send(command, options))
  if (failure) throw new ProviderError('Unavailable', `AWS DeleteMessageBatch: ${failure.Code}: ${failure.Message ?? ''}`)
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** An SQS queue into which EventBridge puts events of EC2 and of AWS Health. */
export interface InterruptionQueue {
  readonly url: string
  /** Whose it is. */
  readonly account: string
}

/** @throws TypeError for what is no URL of a queue. */
export const queueAt = (url: string): InterruptionQueue => {
  const account = URL.canParse(url) ? /^\/(\d{12})\/[\w.-]+$/.exec(new URL(url).pathname)?.[1] : undefined
  if (account === undefined) throw new TypeError(`${url} is no URL of a queue: https://sqs.eu-west-1.amazonaws.com/123456789012/name`)
  return { url, account }
}
