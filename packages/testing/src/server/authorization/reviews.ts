import { at, isObject, textAt } from '../objects/index.ts'
import type { Call, User } from '../request/index.ts'
import type { Storage } from '../storage/index.ts'
import type { Attributes, Authorizer } from './attributes.ts'
import type { Authentication } from './authentication.ts'
import type { Impersonation } from './impersonation.ts'
import { type Rule, grantsOf } from './rbac.ts'

/** What reviews ask. */
export interface Security {
  readonly authorize: Authorizer
  readonly impersonation: Impersonation
  readonly authentication: Authentication
  /** Are roles and bindings what decides? */
  readonly rbac: boolean
  /** Are tokens known at all? */
  readonly tokens: boolean
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item: unknown): item is string => typeof item === 'string') : []

/** The status of SubjectAccessReviews of all kinds. */
export const accessStatus = ({ authorize }: Security, { body, definition, user }: Call): unknown => {
  const spec = at(body, 'spec')
  const asked = askedBy(spec)
  const self = definition.kind.startsWith('Self')
  const { allowed, reason } = authorize(self ? user : subjectOf(spec), asked)
  return { allowed, ...(reason === '' ? {} : { reason }) }
}

const subjectOf = (spec: unknown): User => ({ username: textAt(spec, 'user'), groups: texts(at(spec, 'groups')) })

const askedBy = (spec: unknown): Attributes => {
  const path = at(spec, 'nonResourceAttributes')
  if (isObject(path)) return { verb: textAt(path, 'verb'), path: textAt(path, 'path') }
  const field = (name: string): string => textAt(spec, 'resourceAttributes', name)
  return {
    verb: field('verb'),
    group: field('group'),
    resource: field('resource'),
    subresource: field('subresource'),
    namespace: field('namespace'),
    name: field('name'),
  }
}

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
}

/** The status of a SelfSubjectRulesReview. */
export const rulesStatus = (storage: Storage, { rbac }: Security, { body, user }: Call): unknown => {
  if (!rbac || user.groups.includes('system:masters')) return everything
  const { granted } = grantsOf(storage, user, textAt(body, 'spec', 'namespace'))
  return {
    resourceRules: granted.flatMap(({ rule }) => (rule.resources.length === 0 ? [] : [resourceRule(rule)])),
    nonResourceRules: granted.flatMap(({ rule: { nonResourceURLs, verbs } }) =>
      nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }],
    ),
    incomplete: false,
  }
}

const resourceRule = ({ apiGroups, resourceNames, resources, verbs }: Rule): unknown => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames.length === 0 ? {} : { resourceNames }),
})

/** For whom tokens are: kubeadm's name of the API server itself. */
const audience = 'https://kubernetes.default.svc'

/** The status of a TokenReview. Without a table a token is a name: there is nobody to keep out. */
export const tokenStatus = ({ authentication, tokens }: Security, { body }: Call): unknown => {
  const token = textAt(body, 'spec', 'token')
  const user = tokens || token === '' ? authentication.ofToken(token) : { username: token, groups: ['system:authenticated'] }
  if (user === undefined) return tokens ? { user: {}, error: 'invalid bearer token' } : { authenticated: false }
  return { authenticated: true, user: userInfo(user), audiences: [audience] }
}

export const userInfo = ({ username, uid, groups, extra }: User): Readonly<Record<string, unknown>> => ({
  username,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
})
