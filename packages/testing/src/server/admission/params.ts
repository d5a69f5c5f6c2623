import type { Context } from '../context.ts'
import { type StoredObject, at, isObject, textAt } from '../objects/index.ts'
import { labelSelectorOf } from '../selectors/index.ts'
import type { Policy } from './policy.ts'
import type { Review } from './request.ts'

/** The objects that a binding parameterizes its policy with: `[undefined]` for a policy without parameters, or why there are none. */
export const paramsOf = (
  context: Context,
  policy: Policy,
  binding: StoredObject,
  { namespace }: Review,
): readonly (StoredObject | undefined)[] | string => {
  const ref = at(binding, 'spec', 'paramRef')
  if (policy.paramKind === undefined || ref === undefined) return [undefined]
  const { apiVersion, kind } = policy.paramKind
  const definition = context.registry.ofKind(apiVersion, kind)
  if (definition === undefined)
    return `failed to configure binding: failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`
  const home = definition.namespaced ? textAt(ref, 'namespace') || namespace : undefined
  if (definition.namespaced && home === undefined)
    return 'failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources'
  const name = textAt(ref, 'name')
  const selector = at(ref, 'selector')
  const chosen = [...context.storage.collection(definition).values()].filter(
    ({ metadata }) =>
      metadata.namespace === home && (isObject(selector) ? labelSelectorOf(selector)(metadata.labels) : metadata.name === name),
  )
  if (chosen.length > 0) return chosen
  return textAt(ref, 'parameterNotFoundAction') === 'Allow'
    ? []
    : 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction'
}
