import { type StoredObject, at, textAt } from '../objects/index.ts'
import type { User } from '../request/index.ts'
import type { ResourceName, Storage } from '../storage/index.ts'
import { type Attributes, type Authorizer, type PathAttributes, type ResourceAttributes, isPath } from './attributes.ts'

const group = 'rbac.authorization.k8s.io'
const kind = (plural: string): ResourceName => ({ group, plural })
const clusterRoleBindings = kind('clusterrolebindings')
const roleBindings = kind('rolebindings')

/** One rule of a role, read. */
export interface Rule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
  readonly nonResourceURLs: readonly string[]
}

/** A rule that a user has, and by which binding. */
export interface Granted {
  readonly rule: Rule
  readonly by: string
}

/** What bindings give somebody, in one namespace or in none; `broken` tells of roles that do not exist. */
export interface Grants {
  readonly granted: readonly Granted[]
  readonly broken: readonly string[]
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item: unknown): item is string => typeof item === 'string') : []

const ruleOf = (value: unknown): Rule => ({
  verbs: texts(at(value, 'verbs')),
  apiGroups: texts(at(value, 'apiGroups')),
  resources: texts(at(value, 'resources')),
  resourceNames: texts(at(value, 'resourceNames')),
  nonResourceURLs: texts(at(value, 'nonResourceURLs')),
})

const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The subject of a binding that this user is, as reasons name it. */
const subjectFor = (user: User, binding: StoredObject): string | undefined => {
  for (const subject of listAt(binding, 'subjects')) {
    const name = textAt(subject, 'name')
    switch (textAt(subject, 'kind')) {
      case 'User':
        if (name === user.username) return `User ${JSON.stringify(name)}`
        break
      case 'Group':
        if (user.groups.includes(name)) return `Group ${JSON.stringify(name)}`
        break
      default: {
        const namespace = textAt(subject, 'namespace') || (binding.metadata.namespace ?? '')
        if (user.username === `system:serviceaccount:${namespace}:${name}`)
          return `ServiceAccount ${JSON.stringify(`${name}/${namespace}`)}`
      }
    }
  }
  return undefined
}

export const grantsOf = (storage: Storage, user: User, namespace: string): Grants => {
  const granted: Granted[] = []
  const broken: string[] = []
  const read = (binding: StoredObject): void => {
    const subject = subjectFor(user, binding)
    if (subject === undefined) return
    const roleKind = textAt(binding, 'roleRef', 'kind')
    const roleName = textAt(binding, 'roleRef', 'name')
    const own = binding.metadata.namespace
    const role = roleKind === 'Role' ? storage.get(kind('roles'), own, roleName) : storage.get(kind('clusterroles'), undefined, roleName)
    if (role === undefined) {
      broken.push(`${roleKind.toLowerCase()}.${group} ${JSON.stringify(roleName)} not found`)
      return
    }
    const name = own === undefined ? binding.metadata.name : `${binding.metadata.name}/${own}`
    const named = `${own === undefined ? 'ClusterRoleBinding' : 'RoleBinding'} ${JSON.stringify(name)}`
    const by = `RBAC: allowed by ${named} of ${roleKind} ${JSON.stringify(roleName)} to ${subject}`
    for (const rule of listAt(role, 'rules')) granted.push({ rule: ruleOf(rule), by })
  }
  for (const binding of storage.collection(clusterRoleBindings).values()) read(binding)
  if (namespace !== '')
    for (const binding of storage.collection(roleBindings).values()) if (binding.metadata.namespace === namespace) read(binding)
  return { granted, broken }
}

const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value)

const coversResource = (rule: Rule, asked: ResourceAttributes): boolean => {
  const full = asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`
  return (
    has(rule.verbs, asked.verb) &&
    has(rule.apiGroups, asked.group) &&
    // `*/scale` is that subresource of everything; `*` is everything with its subresources.
    (has(rule.resources, full) || (asked.subresource !== '' && rule.resources.includes(`*/${asked.subresource}`))) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(asked.name))
  )
}

const coversPath = (rule: Rule, { path, verb }: PathAttributes): boolean =>
  has(rule.verbs, verb) &&
  rule.nonResourceURLs.some(url => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))))

const covers = (rule: Rule, asked: Attributes): boolean => (isPath(asked) ? coversPath(rule, asked) : coversResource(rule, asked))

/** RBAC by the roles and bindings that are stored. `system:masters` may do everything, as the API server itself says it. */
export const rbac =
  (storage: Storage): Authorizer =>
  (user, asked) => {
    if (user.groups.includes('system:masters')) return { allowed: true, reason: '' }
    const { broken, granted } = grantsOf(storage, user, isPath(asked) ? '' : asked.namespace)
    const found = granted.find(({ rule }) => covers(rule, asked))
    if (found !== undefined) return { allowed: true, reason: found.by }
    const [only, second] = broken
    const what = second === undefined ? only : `[${broken.join(', ')}]`
    return { allowed: false, reason: what === undefined ? '' : `rbac: RBAC: ${what}` }
  }
