import { accessStatus, reviewProblems, rulesStatus, tokenStatus, userInfo } from '../authorization/index.ts'
import { type Context, nowOf } from '../context.ts'
import { recordUpdate } from '../managed-fields/index.ts'
import { type JsonObject, isObject, textAt } from '../objects/index.ts'
import { type Call, type Outcome, writeOptionsOf } from '../request/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { badRequest, invalid } from '../status/index.ts'
import { managingIn } from '../verbs/index.ts'

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
  const { body, definition } = call
  if (!isObject(body)) throw badRequest(`the object provided is unrecognized (must be of type ${definition.kind})`)
  const causes = reviewProblems(definition, body)
  // kube-apiserver has forgotten the kind by then.
  if (causes.length > 0) throw invalid(definition.group, '', '', causes)
  if (definition.kind === 'TokenReview' && textAt(body, 'spec', 'token') === '')
    throw badRequest('token is required for TokenReview in authentication')
  const status = answers[`${definition.group}/${definition.plural}`]?.(context, call)
  const isAboutMe = definition.kind === 'SelfSubjectReview'
  const metadata = isAboutMe ? { creationTimestamp: nowOf(context) } : { ...asked(body['metadata']), ...books(context, call, body) }
  return {
    type: 'object',
    status: 201,
    object: {
      kind: definition.kind,
      apiVersion: `${definition.group}/${definition.version}`,
      metadata,
      ...(body['spec'] === undefined || isAboutMe ? {} : { spec: body['spec'] }),
      status,
    },
  }
}

const asked = (metadata: unknown): JsonObject => (isObject(metadata) ? metadata : {})

/** Questions are written by somebody, too. */
const books = (context: Context, call: Call, body: JsonObject): JsonObject => {
  const { fieldManager: manager } = writeOptionsOf(call, 'CreateOptions')
  const managedFields = recordUpdate(managingIn(context, call), {
    live: { metadata: {}, spec: {} },
    next: body,
    stored: undefined,
    given: undefined,
    manager,
    isNew: true,
  })
  return managedFields === undefined ? {} : { managedFields }
}

function access({ security }: Context, call: Call): unknown {
  return accessStatus(security, call)
}
