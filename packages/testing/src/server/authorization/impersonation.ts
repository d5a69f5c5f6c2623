import type { User } from '../request/index.ts'
import type { Authorizer, ResourceAttributes } from './attributes.ts'
import { refusal } from './refusal.ts'

const core = { verb: 'impersonate', group: '', subresource: '', namespace: '', name: '' } as const

/** The groups that a user has by being one, or a service account: nobody is asked for them. */
const implied = (username: string): ReadonlySet<string> => {
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username) ?? []
  return new Set([
    'system:authenticated',
    ...(namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]),
  ])
}

/** @throws Failure 403 when `asker` may not act as `user`. */
export const checkImpersonation = (authorize: Authorizer, asker: User, user: User): void => {
  if (asker === user) return
  const check = (asked: ResourceAttributes): void => {
    const { allowed, reason } = authorize(asker, asked)
    if (!allowed) throw refusal(asker, asked, reason)
  }
  const [, namespace = '', account = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user.username) ?? []
  if (account === '') check({ ...core, resource: 'users', name: user.username })
  else check({ ...core, resource: 'serviceaccounts', namespace, name: account })
  const free = implied(user.username)
  for (const name of user.groups) if (!free.has(name)) check({ ...core, resource: 'groups', name })
  const authentication = { ...core, group: 'authentication.k8s.io' }
  for (const [subresource, values] of Object.entries(user.extra ?? {}))
    for (const name of values) check({ ...authentication, resource: 'userextras', subresource, name })
  if (user.uid !== undefined) check({ ...authentication, resource: 'uids', name: user.uid })
}
