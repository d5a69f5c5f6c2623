import type { Context } from '../context.ts'
import type { Call, Outcome } from '../request/index.ts'
import { bindPod } from './binding.ts'
import { evictPod } from './eviction.ts'
import { finalizeNamespace } from './namespace-finalize.ts'

export { isReview, review, reviewDefinitions } from './reviews.ts'
export { scale } from './scale.ts'

/** Subresources with a meaning of their own, by verb, `group/plural` and name. */
export const actions: Readonly<Record<string, (context: Context, call: Call) => Outcome>> = {
  'create /pods/binding': bindPod,
  'create /pods/eviction': evictPod,
  'update /namespaces/finalize': finalizeNamespace,
}
