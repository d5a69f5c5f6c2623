import type { Json } from '@kube-node/core/kube'
import type { Handler } from '../handler/index.ts'
import { deepFreeze } from '../objects/index.ts'

/** How the server's own controllers write: through the same door as everybody, under their own names. */
export interface LocalClient {
  request(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): { readonly status: number; readonly body: Json }
}

export const localClient = (handler: Handler, serviceAccount: string): LocalClient => ({
  request: (method, path, body) => {
    const answer = handler(
      {
        method,
        path,
        headers: {
          'user-agent': 'kube-controller-manager/v1.37.2',
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
        ...(body === undefined ? {} : { body: deepFreeze(body) }),
      },
      {
        username: `system:serviceaccount:kube-system:${serviceAccount}`,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      },
    )
    if (answer.type === 'watch') throw new TypeError(`${path} is a watch`)
    return answer.response
  },
})
