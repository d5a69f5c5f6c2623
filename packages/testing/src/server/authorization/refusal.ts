import type { User } from '../request/index.ts'
import { Failure } from '../status/index.ts'
import { type Attributes, isPath } from './attributes.ts'

/** 403 in kube-apiserver's words. */
export const refusal = (user: User, asked: Attributes, reason: string): Failure => {
  const who = `User ${JSON.stringify(user.username)} cannot ${asked.verb}`
  const why = reason === '' ? '' : `: ${reason}`
  if (isPath(asked)) return new Failure(403, 'Forbidden', `forbidden: ${who} path ${JSON.stringify(asked.path)}${why}`, {})
  const { group, name, namespace, resource, subresource } = asked
  const qualified = group === '' ? resource : `${resource}.${group}`
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return new Failure(
    403,
    'Forbidden',
    `${qualified}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden: ` +
      `${who} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}${why}`,
    { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  )
}
