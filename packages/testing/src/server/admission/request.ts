import type { Admitted } from '../context.ts'
import type { ResourceAttributes } from '../authorization/index.ts'
import { userInfo } from '../authorization/index.ts'
import { optionsVariable } from './options.ts'
import type { Call } from '../request/index.ts'

/** A change together with the request that it belongs to. */
export interface Review {
  readonly call: Call
  readonly change: Admitted
  readonly name: string
  readonly namespace: string | undefined
}

export const reviewOf = (call: Call, change: Admitted): Review => {
  const { metadata } = change.object ?? change.old ?? {}
  // Of a deletion of a collection the request names nobody, though it is judged object by object.
  const name = call.verb === 'deletecollection' ? '' : (metadata?.name ?? call.name)
  return { call, change, name, namespace: call.namespace ?? metadata?.namespace }
}

/** `request` in expressions. What is empty is absent: `request.subResource` of a plain object is an error without has(). */
export const requestVariable = ({ call, change, name, namespace }: Review): Readonly<Record<string, unknown>> => {
  const { definition, subresource, user } = call
  const { group, kind, plural, version } = definition
  const resource = { group, version, resource: plural }
  const kinds = { group, version, kind }
  const { uid = '', ...info } = userInfo(user)
  return {
    kind: kinds,
    resource,
    ...(subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource }),
    requestKind: kinds,
    requestResource: resource,
    ...(name === '' ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    operation: change.operation,
    userInfo: { ...info, ...(uid === '' ? {} : { uid }) },
    dryRun: change.dryRun,
    options: optionsVariable(call, change),
  }
}

/** What `authorizer.requestResource` asks about. */
export const requestAttributes = ({ call, name, namespace }: Review): ResourceAttributes => ({
  verb: call.verb,
  group: call.definition.group,
  resource: call.definition.plural,
  subresource: call.subresource,
  namespace: namespace ?? '',
  name,
})
