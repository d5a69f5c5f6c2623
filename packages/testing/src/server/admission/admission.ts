import type { Admitted, Context } from '../context.ts'
import { type StoredObject, at, textAt } from '../objects/index.ts'
import type { Call } from '../request/index.ts'
import { celValue } from '../schema/index.ts'
import { Failure, type StatusDetails, invalid, invalidValue } from '../status/index.ts'
import type { ResourceName } from '../storage/index.ts'
import { CelAuthorizer } from './authorizer.ts'
import { type Denial, judge } from './judge.ts'
import { matches } from './match.ts'
import { paramsOf } from './params.ts'
import { type Policy, brokenExpressions, policyCompiler } from './policy.ts'
import { type Review, requestAttributes, requestVariable, reviewOf } from './request.ts'

const group = 'admissionregistration.k8s.io'
const policies: ResourceName = { group, plural: 'validatingadmissionpolicies' }
const bindings: ResourceName = { group, plural: 'validatingadmissionpolicybindings' }

const codes: Readonly<Record<string, number>> = { Invalid: 422, Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 }

/** Asks the cluster's ValidatingAdmissionPolicies. */
export interface Admission {
  /** The judge of one request's changes; undefined while there is no policy that could say anything. */
  judgeOf(call: Call): ((change: Admitted) => void) | undefined
}

/** In force with the next request after a policy or binding is written; a real API server takes a second or two to notice. */
export const createAdmission = (context: Context): Admission => {
  const compile = policyCompiler()
  const compiled = new WeakMap<StoredObject, Policy>()
  const policyOf = (stored: StoredObject): Policy => {
    const known = compiled.get(stored)
    if (known !== undefined) return known
    const policy = compile(stored)
    compiled.set(stored, policy)
    return policy
  }
  return {
    judgeOf: call => {
      const { storage } = context
      // Policies are not asked about themselves, or a mistaken one could never be taken away.
      if (call.definition.group === group && call.definition.plural === policies.plural) return change => checkPolicy(compile, call, change)
      if (call.definition.group === group && call.definition.plural === bindings.plural) return undefined
      if (storage.collection(policies).size === 0 || storage.collection(bindings).size === 0) return undefined
      return change => ask(context, policyOf, reviewOf(call, change))
    },
  }
}

/** @throws Failure 422 for expressions that do not compile. The place is a kube-apiserver's; of CEL's own words some are others. */
const checkPolicy = (compile: (policy: Admitted['object'] & object) => Policy, call: Call, { object }: Admitted): void => {
  if (object === undefined) return
  const causes = brokenExpressions(compile(object)).map(([field, { broken = '', text }]) => invalidValue(field, text, broken))
  if (causes.length > 0) throw invalid(call.definition.group, call.definition.kind, object.metadata.name ?? '', causes)
}

const ask = (context: Context, policyOf: (stored: StoredObject) => Policy, review: Review): void => {
  const { registry, storage } = context
  const versions = (definition: ResourceName): readonly string[] =>
    registry.versions(definition.group, definition.plural).map(({ version }) => version)
  let visible: Readonly<Record<string, unknown>> | undefined
  let first: { readonly denial: Denial; readonly message: string } | undefined
  for (const stored of storage.collection(policies).now(storage.revision).objects) {
    const policy = policyOf(stored)
    if (!matches(policy.constraints, review, storage, versions)) continue
    for (const binding of storage.collection(bindings).now(storage.revision).objects) {
      if (textAt(binding, 'spec', 'policyName') !== policy.name) continue
      if (!matches(at(binding, 'spec', 'matchResources'), review, storage, versions)) continue
      visible ??= variablesOf(context, review)
      const actions = at(binding, 'spec', 'validationActions')
      const does = (action: string): boolean => Array.isArray(actions) && actions.includes(action)
      const names = `ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.metadata.name}'`
      for (const denial of denialsOf(context, policy, binding, review, visible)) {
        if (does('Deny')) first ??= { denial, message: `${names} denied request: ${denial.message}` }
        else if (does('Warn')) review.call.warnings.push(`Validation failed for ${names}: ${denial.message}`)
        if (does('Audit')) context.log('info', `${names} would deny: ${denial.message}`, { name: review.name })
      }
    }
  }
  if (first !== undefined) throw refusal(review, first.denial, first.message)
}

const denialsOf = (
  context: Context,
  policy: Policy,
  binding: StoredObject,
  review: Review,
  visible: Readonly<Record<string, unknown>>,
): readonly Denial[] => {
  const params = paramsOf(context, policy, binding, review)
  if (typeof params === 'string') return policy.failsClosed ? [{ message: params, reason: 'Invalid' }] : []
  return params.flatMap(param => judge(policy, { ...visible, params: dynamic(param) }))
}

/** Objects of all kinds are dynamic in policies: times are strings, fields have the names that they have in JSON. */
const dynamic = (object: unknown): unknown => celValue(undefined, object)

const variablesOf = ({ security, storage }: Context, review: Review): Readonly<Record<string, unknown>> => {
  const { call, change, namespace } = review
  const home = namespace === undefined ? undefined : storage.get({ group: '', plural: 'namespaces' }, undefined, namespace)
  return {
    object: dynamic(change.object),
    oldObject: dynamic(change.old),
    request: dynamic(requestVariable(review)),
    namespaceObject: dynamic(home),
    authorizer: new CelAuthorizer(security.authorize, call.user, requestAttributes(review)),
  }
}

const refusal = ({ call, name: asked }: Review, { reason }: Denial, message: string): Failure => {
  const { group, plural } = call.definition
  const name = asked === '' ? 'Unknown' : asked
  const details: StatusDetails = { name, ...(group === '' ? {} : { group }), kind: plural, causes: [{ message }] }
  const subject = `${group === '' ? plural : `${plural}.${group}`} ${JSON.stringify(name)}`
  // "is forbidden" whatever the reason: kube-apiserver 1.37 changes the code and the reason of a refusal, not its words.
  return new Failure(codes[reason] ?? 422, reason, `${subject} is forbidden: ${message}`, details)
}
