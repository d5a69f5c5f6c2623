import { type ResourcePath, type User, countOf, wantedUser } from '../request/index.ts'
import { parseFieldSelector, parseLabelSelector } from '../selectors/index.ts'
import { Failure } from '../status/index.ts'
import { type Attributes, allowAll } from './attributes.ts'
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
 * Lets `asker` through, before anybody has looked whether what he wants exists, and answers as whom the request is made.
 * @throws Failure 400 or 403
 */
export const admitUser = ({ authorize, impersonation }: Security, asker: User, headers: Headers, wanted: Wanted): User => {
  const other = wantedUser(headers)
  const asked = attributesOf(wanted)
  const user = other === undefined ? asker : impersonation.actAs(asker, other, asked)
  if (authorize === allowAll) return user
  const { allowed, reason } = authorize(user, asked)
  if (!allowed) throw refusal(user, asked, reason)
  return user
}

type Headers = Readonly<Record<string, string>>

const attributesOf = ({ path, query, resource, verb }: Wanted): Attributes => {
  if (resource === undefined) return { verb, path }
  const { group, name, namespace = '', plural, subresource } = resource
  // A Namespace lives in itself, so that its own administrators may read it.
  const own = group === '' && plural === 'namespaces' && name !== '' ? name : namespace
  return { verb, group, resource: plural, subresource, namespace: own, name: name === '' ? selected(verb, query) : name }
}

const collectionVerbs = new Set(['list', 'watch'])

/** A list of one by its name is as good as the one: kubelets may watch their own Node. */
const selected = (verb: string, query: Readonly<Record<string, string>>): string => {
  if (!collectionVerbs.has(verb)) return ''
  try {
    parseLabelSelector(query['labelSelector'] ?? '')
    for (const number of ['limit', 'timeoutSeconds']) countOf(query, number)
    const named = parseFieldSelector(query['fieldSelector'] ?? '').find(({ equal, field }) => equal && field === 'metadata.name')
    return named?.value ?? ''
  } catch (error) {
    // A query that cannot be read names nothing; that it is wrong is told to those who may ask.
    if (error instanceof Failure) return ''
    throw error
  }
}
