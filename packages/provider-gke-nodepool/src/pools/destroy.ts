import type { Call, Group } from '@kube-node/core/provider'
import { isNotFound } from './errors.ts'
import { type Services, poolPath } from './services.ts'

/** With all its machines. */
export const destroyPool = async (services: Services, { id }: Group, call: Call): Promise<void> => {
  try {
    await services.container.ask('nodePools.delete', { method: 'DELETE', path: poolPath(services, id) }, call)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
