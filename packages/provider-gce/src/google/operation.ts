import type { Call, Scope } from '@kube-node/core/provider'
import type { Google } from './client.ts'
import { type OperationError, operationFailed } from './errors.ts'

/** What Google works on, as Compute Engine describes it. */
export interface Operation {
  readonly name: string
  readonly status: 'PENDING' | 'RUNNING' | 'DONE'
  readonly targetId?: string
  readonly error?: { readonly errors?: readonly OperationError[] }
}

/**
 * Waits for its end. Google holds each question up to two minutes, so nobody sleeps here.
 * @param where the collection below the base URL: `projects/p/zones/z`.
 * @throws ProviderError when it failed; the reason of the call's signal.
 */
export const ended = async (
  google: Google,
  what: string,
  where: string,
  begun: Operation,
  call: Call,
  scope?: Scope,
): Promise<Operation> => {
  let operation = begun
  while (operation.status !== 'DONE') {
    const path = `${where}/operations/${operation.name}/wait`
    operation = await google.ask<Operation>('operations.wait', { method: 'POST', path }, call)
  }
  const [error] = operation.error?.errors ?? []
  if (error) throw operationFailed(what, error, scope)
  return operation
}
