import { accessStatus, rulesStatus, tokenStatus, userInfo } from '../authorization/index.ts'
import type { Context } from '../context.ts'
import { isObject } from '../objects/index.ts'
import type { Call, Outcome } from '../request/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { badRequest } from '../status/index.ts'

/** Kinds that are asked, not stored: the answer to a create is the question with a status. */
const answers: Readonly<Record<string, (context: Context, call: Call) => unknown>> = {
  'authorization.k8s.io/selfsubjectaccessreviews': access,
  'authorization.k8s.io/localsubjectaccessreviews': access,
  'authorization.k8s.io/subjectaccessreviews': access,
  'authorization.k8s.io/selfsubjectrulesreviews': ({ security, storage }, call) => rulesStatus(storage, security, call),
  'authentication.k8s.io/selfsubjectreviews': (_context, { user }) => ({ userInfo: userInfo(user) }),
  'authentication.k8s.io/tokenreviews': ({ security }, call) => tokenStatus(security, call),
}

const definitionOf = (group: string, kind: string, namespaced = false): ResourceDefinition => ({
  group,
  version: 'v1',
  kind,
  listKind: `${kind}List`,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced,
  verbs: ['create'],
  subresources: { status: false },
  columns: [],
  custom: false,
})

/** The kinds that are only asked. */
export const reviewDefinitions: readonly ResourceDefinition[] = [
  definitionOf('authentication.k8s.io', 'SelfSubjectReview'),
  definitionOf('authentication.k8s.io', 'TokenReview'),
  definitionOf('authorization.k8s.io', 'LocalSubjectAccessReview', true),
  definitionOf('authorization.k8s.io', 'SelfSubjectAccessReview'),
  definitionOf('authorization.k8s.io', 'SelfSubjectRulesReview'),
  definitionOf('authorization.k8s.io', 'SubjectAccessReview'),
]

export const isReview = (group: string, plural: string): boolean => Object.hasOwn(answers, `${group}/${plural}`)

export const review = (context: Context, call: Call): Outcome => {
  if (!isObject(call.body)) throw badRequest(`the object provided is unrecognized (must be of type ${call.definition.kind})`)
  const { definition } = call
  const status = answers[`${definition.group}/${definition.plural}`]?.(context, call)
  const { metadata, spec } = call.body
  return {
    type: 'object',
    status: 201,
    object: {
      kind: definition.kind,
      apiVersion: `${definition.group}/${definition.version}`,
      metadata: isObject(metadata) ? metadata : {},
      ...(spec === undefined ? {} : { spec }),
      status,
    },
  }
}

function access({ security }: Context, call: Call): unknown {
  return accessStatus(security, call)
}
