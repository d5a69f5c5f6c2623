import type { KubeObject, Resource } from '@kube-node/core/api'
import { ApiError, type Client, type ListOptions, isNotFound, listAll } from '@kube-node/core/kube'
import { CommandFailed } from '../terminal/index.ts'
import { missingKinds } from './advice.ts'

/** All objects, or undefined where this identity may not read them. */
export type Lists = <T extends KubeObject>(resource: Resource<T>, options?: ListOptions) => Promise<readonly T[] | undefined>

/** @throws CommandFailed when the cluster does not know the kind. */
export const listUnlessForbidden =
  (client: Client, signal: AbortSignal): Lists =>
  async (resource, options = {}) => {
    try {
      return await listAll(client, resource, { ...options, signal })
    } catch (error) {
      if (ApiError.is(error) && error.code === 403) return undefined
      if (isNotFound(error)) throw new CommandFailed(missingKinds([resource]), { cause: error })
      throw error
    }
  }
