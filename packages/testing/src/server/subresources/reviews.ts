import { at, isObject } from '../objects/index.ts'
import type { Call, Outcome, User } from '../request/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { badRequest } from '../status/index.ts'

/** Kinds that are asked, not stored: the answer to a create is the question with a status. Everything is allowed here. */
const answers: Readonly<Record<string, (call: Call) => unknown>> = {
  'authorization.k8s.io/selfsubjectaccessreviews': allowed,
  'authorization.k8s.io/localsubjectaccessreviews': allowed,
  'authorization.k8s.io/subjectaccessreviews': allowed,
  'authorization.k8s.io/selfsubjectrulesreviews': () => ({
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  }),
  'authentication.k8s.io/selfsubjectreviews': ({ user }) => ({ userInfo: userInfo(user) }),
  'authentication.k8s.io/tokenreviews': ({ body }) => {
    // Tokens here are names: there is nobody to keep out.
    const token = at(body, 'spec', 'token')
    return typeof token === 'string' && token !== ''
      ? { authenticated: true, user: { username: token, groups: ['system:authenticated'] } }
      : { authenticated: false }
  },
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

export const review = (call: Call): Outcome => {
  if (!isObject(call.body)) throw badRequest(`the object provided is unrecognized (must be of type ${call.definition.kind})`)
  const { definition } = call
  const status = answers[`${definition.group}/${definition.plural}`]?.(call)
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

function allowed(): unknown {
  return { allowed: true }
}

const userInfo = ({ username, uid, groups, extra }: User): Readonly<Record<string, unknown>> => ({
  username,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
})
