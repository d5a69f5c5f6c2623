import type { Json, KubeResponse } from '@kube-node/core/kube'
import { type Manifest, manifests } from '@kube-node/core/manifests'
import { manualRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '../server/index.ts'
import { install } from './install.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request as a user of a cluster. Patches are JSON merge patches. */
export type Ask = (method: Method, path: string, body?: object) => Promise<Answer>
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A cluster with RBAC in which somebody can act as anybody. */
export interface Guarded {
  as(user: string, ...groups: readonly string[]): Ask
}

/** An API server in this process, with these manifests (default: all). */
export const guarded = async (installed: readonly Manifest[] = manifests({ guardUnclaimedNodes: true })): Promise<Guarded> => {
  const server = createApiServer({ runtime: manualRuntime(), authorization: 'rbac' })
  await install(server.transport(), installed)
  return {
    as: (user, ...groups) => {
      const transport = server.transport({ user, groups: [...groups, 'system:authenticated'] })
      return (method, path, body) =>
        transport.request({
          method,
          path,
          signal: new AbortController().signal,
          // Border: tests write bodies as literals.
          ...(body === undefined ? {} : { body: body as Json }),
          ...(method === 'PATCH' ? { headers: { 'content-type': 'application/merge-patch+json' } } : {}),
        })
    },
  }
}

export const administrator = (cluster: Guarded): Ask => cluster.as('an-administrator', 'system:masters')

/** `ok`, or the code and why; a denial begins with the name of its policy. */
export const told = ({ status, body }: Answer): string => {
  if (status < 300) return 'ok'
  const { message = '' } = body as { readonly message?: string } // border: a Status
  return `${status} ${message.replace(/^.*ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: /, '$1: ')}`
}

export type { KubeResponse }
