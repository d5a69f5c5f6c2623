import { type Call, ProviderError } from '@kube-node/core/provider'
import { type ManualRuntime, manualRuntime } from '@kube-node/core/runtime'
import { beforeEach, expect, test } from 'vitest'
import { type TerminateAll, terminator } from './terminate.ts'

let runtime: ManualRuntime
let asked: (readonly string[])[]
beforeEach(() => {
  runtime = manualRuntime()
  asked = []
})
const call = (signal: AbortSignal = new AbortController().signal): Call => ({
  signal,
  deadline: Infinity,
  clock: runtime.clock,
  log: () => {},
})

/** EC2, which refuses a whole question for one id. */
const ec2 =
  (refuses: (id: string) => ProviderError | undefined = () => undefined): TerminateAll =>
  async ids => {
    asked.push(ids)
    for (const id of ids) {
      const error = refuses(id)
      if (error) throw error
    }
  }
const said = (promises: readonly Promise<void>[]): Promise<readonly string[]> =>
  Promise.all(
    promises.map(promise =>
      promise.then(
        () => 'done',
        (error: unknown) => (ProviderError.is(error) ? error.code : String(error)),
      ),
    ),
  )
const ended = async (promises: readonly Promise<void>[]): Promise<readonly string[]> => {
  const answers = said(promises)
  await runtime.advance(1_000)
  return answers
}

test('what comes together goes together, in its order', async () => {
  const terminate = terminator(ec2())
  expect(await ended(['a', 'b', 'c'].map(id => terminate(id, call())))).toEqual(['done', 'done', 'done'])
  expect(asked).toEqual([['a', 'b', 'c']])
  expect(await ended([terminate('d', call())])).toEqual(['done'])
  expect(asked).toEqual([['a', 'b', 'c'], ['d']])
})

test('one that is not known, or may not be ended, has its own answer, and the others go', async () => {
  const codes: Readonly<Record<string, 'NotFound' | 'InvalidConfig'>> = { b: 'NotFound', c: 'InvalidConfig' }
  const terminate = terminator(ec2(id => codes[id] && new ProviderError(codes[id], id)))
  expect(await ended(['a', 'b', 'c'].map(id => terminate(id, call())))).toEqual(['done', 'NotFound', 'InvalidConfig'])
  expect(asked).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']])
})

test.each(['RateLimited', 'Unauthorized', 'Unavailable'] as const)('%s is said to all, and not asked again', async code => {
  const terminate = terminator(ec2(() => new ProviderError(code, 'x')))
  expect(await ended(['a', 'b'].map(id => terminate(id, call())))).toEqual([code, code])
  expect(asked).toHaveLength(1)
})

test('no more than a thousand at once', async () => {
  const terminate = terminator(ec2())
  await ended(Array.from({ length: 1_001 }, (_, i) => terminate(String(i), call())))
  expect(asked.map(ids => ids.length)).toEqual([1_000, 1])
})

test('who gives up before it leaves is not asked for', async () => {
  const terminate = terminator(ec2())
  const stop = new AbortController()
  const both = [terminate('a', call(stop.signal)), terminate('b', call())]
  stop.abort('given up')
  expect(await ended(both)).toEqual(['given up', 'done'])
  expect(asked).toEqual([['b']])
})

test('who gives up while it is under way hears so at once; the question ends when nobody waits for it', async () => {
  const signals: AbortSignal[] = []
  const terminate = terminator((_, { signal }) => {
    signals.push(signal)
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const [one, other] = [new AbortController(), new AbortController()]
  const answers = said([terminate('a', call(one.signal)), terminate('b', call(other.signal))])
  await runtime.advance(100)
  one.abort('first')
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  other.abort('second')
  expect(await answers).toEqual(['first', 'second'])
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
})
