import type { Call, Scope } from '@kube-node/core/provider'
import { toProviderError } from './errors.ts'

/**
 * One question to AWS, that ends with its call. `scope` is where a stockout would be.
 * @throws ProviderError, or the reason of the call's signal.
 */
export const asked = async <T>(
  operation: string,
  { signal }: Call,
  ask: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  scope?: Scope,
): Promise<T> => {
  signal.throwIfAborted()
  try {
    const answer = await ask({ abortSignal: signal })
    signal.throwIfAborted()
    return answer
  } catch (error) {
    signal.throwIfAborted()
    throw toProviderError(operation, error, scope)
  }
}
