import type { Manifest } from '../manifest.ts'

export interface Variable {
  readonly name: string
  readonly expression: string
}

export interface Validation {
  readonly expression: string
  /** A text, or an expression that makes one; it says what is wrong and what to do. */
  readonly message: string | { readonly expression: string; readonly otherwise: string }
}

/** A ValidatingAdmissionPolicy in the few words that ours differ by. */
export interface PolicyDraft {
  readonly name: string
  readonly group: string
  readonly version: string
  readonly resources: readonly string[]
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[]
  /** All must hold, or the policy says nothing. They can't use variables. */
  readonly conditions?: readonly Variable[]
  readonly variables?: readonly Variable[]
  readonly validations: readonly Validation[]
}

const apiVersion = 'admissionregistration.k8s.io/v1'

/** The policy and its binding, for the whole cluster. */
export const policyManifests = ({ name, group, version, resources, operations, ...rest }: PolicyDraft): readonly Manifest[] => [
  manifest('ValidatingAdmissionPolicy', name, {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [{ apiGroups: [group], apiVersions: [version], operations, resources }] },
    ...(rest.conditions && { matchConditions: rest.conditions }),
    ...(rest.variables && { variables: rest.variables }),
    validations: rest.validations.map(({ expression, message }) => ({
      expression,
      ...(typeof message === 'string' ? { message } : { message: message.otherwise, messageExpression: message.expression }),
      reason: 'Forbidden',
    })),
  }),
  manifest('ValidatingAdmissionPolicyBinding', name, { policyName: name, validationActions: ['Deny'] }),
]

const manifest = (kind: string, name: string, spec: object): Manifest & { readonly spec: object } => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
})
