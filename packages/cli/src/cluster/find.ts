import type { KubeObject, Resource } from '@kube-node/core/api'
import { ApiError, type Client, type Key } from '@kube-node/core/kube'

/** An object that something refers to. */
export type Referred<T> = T | 'missing' | 'forbidden'

/** One object, or why there is none to be seen. A kind that is not served is an error. */
export const finder =
  (client: Client, signal: AbortSignal) =>
  async <T extends KubeObject>(resource: Resource<T>, key: Key): Promise<Referred<T>> => {
    try {
      return (await client.get(resource, key, signal)) ?? 'missing'
    } catch (error) {
      if (ApiError.is(error) && error.code === 403) return 'forbidden'
      throw error
    }
  }
