import { type Call, type CreateRequest, type Owner, ProviderError, scopeOf } from '@kube-node/core/provider'
import { type Google, type Operation, OperationFailure, Refusal, ended } from '../google/index.ts'
import type { GceConfig } from './config.types.ts'
import { imageOf } from './images.ts'
import { ownerOf } from './labels.ts'
import { getInstance } from './list.ts'
import { type Whereabouts, zonePath } from './machine.ts'
import { gcePlaceOf } from './places.ts'
import { instanceOf, requestIdOf } from './request.ts'
import type { Instance } from './resources.ts'

/**
 * One instance a name, and a name is a function of the token. Google answers a request that it has seen within the last hour with what it
 * did then, also when the instance is gone; after that the name is taken while it lives, and what has it is ours only if it says so. What
 * core sends again it sends within minutes: so this is idempotency by token.
 */
export const createInstance = async (google: Google, request: CreateRequest<GceConfig>, call: Call): Promise<Instance> => {
  const { name, owner, config, token } = request
  const place = gcePlaceOf(request)
  if (!place) throw new ProviderError('InvalidConfig', 'the class names no zone or no machine type', { outcome: 'none' })
  const scope = scopeOf(place)
  const where = { project: config.project, zone: place.zone, name }
  const body = instanceOf(request, place, await imageOf(google, config, call))
  try {
    const query = { requestId: requestIdOf(token) }
    const question = { method: 'POST', path: `${zonePath(where)}/instances`, query, body, scope } as const
    const operation = await google.ask<Operation>('instances.insert', question, call)
    await ended(google, 'instances.insert', zonePath(where), operation, call, scope)
  } catch (error) {
    if (!isTaken(error)) throw await inspected(google, where, error, call)
  }
  const instance = await getInstance(google, where, call)
  if (instance && isOwnedBy(owner, instance)) return instance
  // Gone already, by somebody's hand or by Google's; or another's, whose name can't be ours.
  if (!instance) throw new ProviderError('Internal', `instance ${name} was made and is gone already`)
  throw new ProviderError('Internal', `instance ${name} of zone ${place.zone} is there, and is not this claim's`, { outcome: 'none' })
}

const isOwnedBy = ({ claim, cluster, attempt }: Owner, instance: Instance): boolean => {
  const owner = ownerOf(instance)
  return owner !== undefined && owner.claim === claim && owner.cluster === cluster && owner.attempt === attempt
}

/** The name is in use. */
const isTaken = (error: unknown): boolean => {
  const cause = ProviderError.is(error) ? error.facts.cause : undefined
  return Refusal.is(cause) && cause.status === 409 && cause.reason === 'alreadyExists'
}

/**
 * A name in the class that is not there reads as `notFound`, which a create never means. An operation that failed is asked for its end
 * again by every repetition, so a repetition can't mend it; that it left nothing, whatever it says, is believed when the instance is not
 * to be seen.
 */
const inspected = async (google: Google, where: Whereabouts, error: unknown, call: Call): Promise<unknown> => {
  if (!ProviderError.is(error)) return error
  const { code, message, facts } = error
  if (Refusal.is(facts.cause))
    return code === 'NotFound' ? new ProviderError('InvalidConfig', message, { ...facts, outcome: 'none' }) : error
  if (!OperationFailure.is(facts.cause)) return error
  const isThere = (await getInstance(google, where, call)) !== undefined
  return new ProviderError(code, message, { ...facts, outcome: isThere ? 'unknown' : 'none' })
}
