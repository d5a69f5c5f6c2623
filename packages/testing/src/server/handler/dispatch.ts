import { withCertificateRules } from '../certificates/index.ts'
import type { Context } from '../context.ts'
import { type StoredObject, at, isObject } from '../objects/index.ts'
import { type Call, type Outcome, type ResourcePath, type Verb, flagOf } from '../request/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { badRequest, methodNotAllowed, notFound, nothingHere, subjectOf } from '../status/index.ts'
import { actions, isReview, review, scale } from '../subresources/index.ts'
import { create, get, list, patch, remove, removeCollection, update } from '../verbs/index.ts'

/** The verb that a method means on this path. @throws Failure 400, 404 or 405. */
export const verbOf = (method: string, path: ResourcePath, query: Readonly<Record<string, string>>): Verb => {
  const one = path.name !== ''
  switch (method) {
    case 'GET':
      if (one) return 'get'
      return flagOf(query, 'watch') === true ? 'watch' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      if (!one) throw badRequest('name must be provided')
      return 'update'
    case 'PATCH':
      if (!one) throw badRequest('name must be provided')
      return 'patch'
    case 'DELETE':
      return one ? 'delete' : 'deletecollection'
    default:
      throw methodNotAllowed()
  }
}

/** @throws Failure 404 or 405 for what is not served on this kind. */
export const checkServed = (definition: ResourceDefinition, path: ResourcePath, verb: Verb): void => {
  if (!definition.namespaced && path.namespace !== undefined) throw nothingHere()
  const everywhere = definition.namespaced && path.namespace === undefined
  if (everywhere && path.name !== '') throw nothingHere()
  if (everywhere && verb !== 'list' && verb !== 'watch') throw methodNotAllowed()
  if (path.subresource === '' && !definition.verbs.includes(verb)) throw methodNotAllowed()
}

/** Carries out everything but watches. */
export const dispatch = (given: Context, call: Call): Outcome => {
  const { definition, subresource, verb } = call
  const context = isSigningRequest(definition) ? withCertificateRules(given, call) : given
  if (subresource === '') return isReview(definition.group, definition.plural) ? review(context, call) : onObject(context, call)
  const { status, scale: scalable, others = [] } = definition.subresources
  if (subresource === 'status' && status) return onStatus(context, call)
  if (subresource === 'scale' && scalable !== undefined) {
    if (verb !== 'get' && verb !== 'update' && verb !== 'patch') throw methodNotAllowed()
    return scale(context, call)
  }
  if (subresource === 'approval' && others.includes('approval')) return onStatus(context, call)
  const action = actions[`${verb} ${definition.group}/${definition.plural}/${subresource}`]
  if (action !== undefined) return action(admitted(context, call), call)
  if (others.includes(subresource)) throw methodNotAllowed()
  throw definition.custom ? notFound(subjectOf(definition, call.name)) : nothingHere()
}

/** Policies judge what was asked (an Eviction, a Binding), not the changes that it comes to. */
const admitted = (context: Context, { body, query, verb }: Call): Context => {
  const { admit, ...rest } = context
  // Border: policies look at an object as it comes; one without metadata is refused by the action.
  if (verb === 'create' && isObject(at(body, 'metadata')))
    admit?.({ operation: 'CREATE', object: body as StoredObject, dryRun: query['dryRun'] === 'All' })
  return rest
}

const isSigningRequest = ({ group, plural }: ResourceDefinition): boolean =>
  group === 'certificates.k8s.io' && plural === 'certificatesigningrequests'

const onObject = (context: Context, call: Call): Outcome => {
  switch (call.verb) {
    case 'get':
      return get(context, call)
    case 'list':
      return list(context, call)
    case 'create':
      if (call.name !== '') throw methodNotAllowed()
      return create(context, call)
    case 'update':
      return update(context, call)
    case 'patch':
      return patch(context, call)
    case 'delete':
      return remove(context, call)
    case 'deletecollection':
      return removeCollection(context, call)
    case 'watch':
      throw methodNotAllowed()
  }
}

const onStatus = (context: Context, call: Call): Outcome => {
  if (call.verb === 'get') return get(context, call)
  if (call.verb === 'update') return update(context, call)
  if (call.verb === 'patch') return patch(context, call)
  throw methodNotAllowed()
}
