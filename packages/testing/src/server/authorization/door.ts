import type { ResourcePath, User } from '../request/index.ts'
import { type Attributes, allowAll } from './attributes.ts'
import { checkImpersonation } from './impersonation.ts'
import { refusal } from './refusal.ts'
import type { Security } from './reviews.ts'

/** What a request is about, as far as its path and query say it. */
export interface Wanted {
  /** RBAC's verb, or the method in lower case for paths that are not about objects. */
  readonly verb: string
  readonly path: string
  readonly resource: ResourcePath | undefined
  readonly query: Readonly<Record<string, string>>
}

/**
 * Lets `asker` through as `user`, before anybody has looked whether what he wants exists.
 * @throws Failure 403
 */
export const admitUser = ({ authorize }: Security, asker: User, user: User, wanted: Wanted): void => {
  if (authorize === allowAll) return
  checkImpersonation(authorize, asker, user)
  const asked = attributesOf(wanted)
  const { allowed, reason } = authorize(user, asked)
  if (!allowed) throw refusal(user, asked, reason)
}

const attributesOf = ({ path, query, resource, verb }: Wanted): Attributes => {
  if (resource === undefined) return { verb, path }
  const { group, name, namespace = '', plural, subresource } = resource
  // A Namespace lives in itself, so that its own administrators may read it.
  const own = group === '' && plural === 'namespaces' && name !== '' ? name : namespace
  return { verb, group, resource: plural, subresource, namespace: own, name: name === '' ? selected(verb, query) : name }
}

const collectionVerbs = new Set(['list', 'watch', 'deletecollection'])

/** A list of one by its name is as good as the one: kubelets may watch their own Node. */
const selected = (verb: string, query: Readonly<Record<string, string>>): string => {
  const [, name = ''] = /^metadata\.name==?([^,=!]+)$/.exec(query['fieldSelector'] ?? '') ?? []
  return collectionVerbs.has(verb) ? name : ''
}
