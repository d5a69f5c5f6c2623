import { ApiError, TransportError } from '../kube/index.ts'
import { describeMs, errorText } from '../runtime/index.ts'
import { backoffMs } from './backoff.ts'
import type { Controller, ManagerContext } from './definition.ts'
import { ControllerFailed } from './errors.ts'

const backoff = { firstMs: 1_000, maxMs: 60_000 }

/**
 * Calls a controller's `start` until it works: an API server that does not answer or refuses may do better in a moment.
 * @throws ControllerFailed for any other throw; the signal's reason when that fires first.
 */
export const startController = async (
  controller: Controller,
  context: ManagerContext,
  stopping: AbortSignal,
  onFailure: (message: string) => void,
): Promise<AsyncDisposable | undefined> => {
  const { runtime, log } = context
  for (let failures = 1; ; failures++) {
    stopping.throwIfAborted()
    try {
      return await controller.start?.(context)
    } catch (cause) {
      stopping.throwIfAborted()
      const message = `controller ${controller.name} cannot start: ${errorText(cause)}`
      if (!ApiError.is(cause) && !TransportError.is(cause)) throw new ControllerFailed(controller.name, message, { cause })
      const pauseMs = backoffMs(backoff, failures, () => runtime.random())
      onFailure(message)
      log('warn', `${message}; next try in ${describeMs(pauseMs)}`)
      await runtime.clock.sleep(pauseMs, stopping)
    }
  }
}
