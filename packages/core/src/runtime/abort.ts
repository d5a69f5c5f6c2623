import type { Clock } from './runtime.ts'
import { describeMs } from './duration.ts'

/** An AbortController that also follows its parents, until it is disposed. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal
  abort(reason: unknown): void
}

/** Use it instead of `AbortSignal.any`, whose dependants Node keeps for as long as a long-lived parent lives. */
export const linkedAbort = (...parents: readonly (AbortSignal | undefined)[]): LinkedAbort => {
  const controller = new AbortController()
  const links = parents.flatMap(parent => (parent ? { parent, follow: (): void => controller.abort(parent.reason) } : []))
  for (const { parent, follow } of links) {
    if (parent.aborted) follow()
    else parent.addEventListener('abort', follow, { once: true })
  }
  return {
    signal: controller.signal,
    abort: reason => controller.abort(reason),
    [Symbol.dispose]: () => {
      for (const { parent, follow } of links) parent.removeEventListener('abort', follow)
    },
  }
}

/** Rejects with the signal's reason once it fires; never resolves. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

/** Something did not answer in the time that it was given. */
export class DeadlineExceeded extends Error {
  readonly 'kube-node.dev/DeadlineExceeded' = 1 as const
  override readonly name = 'DeadlineExceeded'

  /** By brand, never `instanceof`: two installed copies of core are normal. */
  static is(error: unknown): error is DeadlineExceeded {
    return typeof error === 'object' && error !== null && 'kube-node.dev/DeadlineExceeded' in error
  }
}

/**
 * Runs `work` with a signal that fires after `ms`, or with `parent`. It settles then even when `work` does not heed the signal.
 * @throws DeadlineExceeded, which names `what`, or the parent's reason, or what `work` throws.
 */
export const withDeadline = async <T>(
  options: { readonly clock: Clock; readonly ms: number; readonly what: string; readonly signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const limit = linkedAbort(options.signal)
  const over = new AbortController()
  const ended = Symbol('ended')
  options.clock.sleep(options.ms, over.signal).then(
    () => limit.abort(new DeadlineExceeded(`${options.what}: no answer within ${describeMs(options.ms)}`)),
    (error: unknown) => {
      if (error !== ended) limit.abort(error)
    },
  )
  try {
    return await Promise.race([work(limit.signal), untilAborted(limit.signal)])
  } finally {
    over.abort(ended)
    limit[Symbol.dispose]()
  }
}
