import { type Condition, type NodeClass, type ResolvedField, nameOf, reasons } from '../api/index.ts'
import { anyOfferOf, offerOf, readCredentials } from '../inventory/index.ts'
import { type ErrorCode, ProviderError } from '../provider/index.ts'
import type { Life } from './life.ts'
import { resolvedFields } from './resolved.ts'

/** What the Ready condition of a class says. */
export type Ready = Pick<Condition, 'status'> & { readonly reason: string; readonly message: string }

/** What is known of a class. */
export interface ClassVerdict {
  readonly ready: Ready
  readonly resolved: readonly ResolvedField[] | undefined
}

/** Whether the config fits and the credentials can be read; no provider is asked. */
export const readinessOf = async (life: Life, nodeClass: NodeClass): Promise<Ready> => {
  const offer = anyOfferOf(nameOf(nodeClass), nodeClass, life.providers)
  if (offer.problem) return { status: 'False', ...offer.problem }
  try {
    await readCredentials(life.context.client, offer.provider, offer.connection.secret, life.context.signal)
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { status: 'False', reason: 'CredentialsUnusable', message: error.message }
  }
  return { status: 'True', reason: 'Valid', message: `provider ${offer.provider.name} accepts the config` }
}

/** Codes that judge the class; the others tell of the moment. */
const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['InvalidConfig', 'Unauthorized'])

/** The verdict on a class that is `ready`, with what floats in its config as the provider says. Where it can't, what was known stays. */
export const resolveClass = async (life: Life, nodeClass: NodeClass, ready: Ready): Promise<ClassVerdict> => {
  const offer = offerOf(nameOf(nodeClass), nodeClass, life.providers)
  // Groups: what floats there the cloud itself resolves.
  if (offer.problem) return { ready, resolved: undefined }
  const { provider, config } = offer
  try {
    const connection = await life.session.connect(provider.name, offer.connection)
    return { ready, resolved: resolvedFields(config, await connection.pin(config), connection.mayBeTold) }
  } catch (error) {
    // The end of this life says nothing about the class.
    life.context.signal.throwIfAborted()
    if (!ProviderError.is(error)) throw error
    const message = `provider ${provider.name} can't say what the config means: ${error.code}: ${error.message}`
    return {
      ready: { status: final.has(error.code) ? 'False' : 'Unknown', reason: reasons.unresolved, message },
      resolved: nodeClass.status?.resolved,
    }
  }
}
