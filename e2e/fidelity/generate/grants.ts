import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import type { Fields, RequestStep } from '../script.ts'
import { oneOf } from './chance.ts'
import { post } from './create.ts'

const rbacVersion = 'rbac.authorization.k8s.io/v1'
const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[], rest: Fields = {}): Fields => ({
  apiGroups,
  resources,
  verbs,
  ...rest,
})

const reading = ['get', 'list', 'watch']
/** What one user may. Of another one's rules none is the same: which of two that allow is told first is chance in kube-apiserver. */
const userRules: readonly Fields[] = [
  rule([''], ['configmaps'], reading),
  rule([''], ['configmaps'], ['*']),
  rule([''], ['configmaps'], ['get', 'create', 'update', 'patch'], { resourceNames: ['a'] }),
  rule([''], ['pods', 'pods/status'], ['get', 'create', 'update', 'patch']),
  rule([''], ['pods/eviction'], ['create']),
  rule(['fidelity.example.test'], ['*'], ['create', 'get', 'list', 'update']),
  rule(['fidelity.example.test'], ['widgets', 'widgets/scale'], ['*']),
  rule(['*'], ['*/status'], ['get', 'patch', 'update']),
  rule(['*'], ['*'], ['get']),
]
const crewRules: readonly Fields[] = [
  rule(['coordination.k8s.io'], ['leases'], ['*']),
  rule(['coordination.k8s.io'], ['leases'], ['list', 'watch', 'deletecollection']),
  rule([''], ['secrets'], ['get', 'list'], { resourceNames: ['a', 'b'] }),
]
const clusterRules: readonly Fields[] = [
  rule([''], ['nodes'], ['get', 'create', 'delete'], { resourceNames: ['{id}-a', '{id}-b'] }),
  rule([''], ['nodes'], ['create', 'list', 'watch', 'patch']),
  rule(['kube-node.dev'], ['nodesets', 'nodeclasses'], ['*']),
  { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] },
]
const impersonation: readonly Fields[] = [
  rule([''], ['users'], ['impersonate'], { resourceNames: ['{id}-ann'] }),
  rule([''], ['groups'], ['impersonate'], { resourceNames: ['{id}-crew'] }),
  rule(['authentication.k8s.io'], ['uids'], ['impersonate'], { resourceNames: ['{id}-1'] }),
  rule(['authentication.k8s.io'], ['userextras/scope'], ['impersonate'], { resourceNames: ['{id}-view'] }),
]

const user = (name: string): Fields => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })
const group = (name: string): Fields => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name })

const roleIn = (name: string, rules: readonly Fields[]): RequestStep =>
  post('roles', { apiVersion: rbacVersion, kind: 'Role', metadata: { name }, rules }, 'x')
const clusterRole = (name: string, rules: readonly Fields[]): RequestStep =>
  post('clusterroles', { apiVersion: rbacVersion, kind: 'ClusterRole', metadata: { name: `{id}-${name}` }, rules })
const bindingIn = (name: string, roleKind: string, roleName: string, ...subjects: readonly Fields[]): RequestStep =>
  post(
    'rolebindings',
    {
      apiVersion: rbacVersion,
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: roleName },
      subjects,
    },
    'x',
  )
const clusterBinding = (name: string, roleName: string, ...subjects: readonly Fields[]): RequestStep =>
  post('clusterrolebindings', {
    apiVersion: rbacVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: `{id}-${name}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `{id}-${roleName}` },
    subjects,
  })

const some = (rules: readonly Fields[]): fc.Arbitrary<readonly Fields[]> => fc.subarray([...rules], { minLength: 1, maxLength: 3 })

/** Everybody has one binding in a namespace and one for the cluster at most; one may name a role that is not there. */
export const grants: fc.Arbitrary<readonly RequestStep[]> = fc
  .record({
    ann: some(userRules),
    account: some(userRules),
    developer: some(userRules),
    crew: some(crewRules),
    cluster: some(clusterRules),
    acts: some(impersonation),
    chosen: fc.subarray(['ann', 'account', 'developer', 'crew', 'cluster', 'acts', 'broken'], { minLength: 2 }),
  })
  .map(({ chosen, ...rules }) => {
    const given: Readonly<Record<string, readonly RequestStep[]>> = {
      ann: [roleIn('ann', rules.ann), bindingIn('ann', 'Role', 'ann', user('{id}-ann'))],
      account: [
        clusterRole('account', rules.account),
        bindingIn('account', 'ClusterRole', '{id}-account', { kind: 'ServiceAccount', name: 'default', namespace: '{id}-x' }),
      ],
      developer: [roleIn('developer', rules.developer), bindingIn('developer', 'Role', 'developer', user('developer'))],
      crew: [roleIn('crew', rules.crew), bindingIn('crew', 'Role', 'crew', group('{id}-crew'))],
      cluster: [clusterRole('cluster', rules.cluster), clusterBinding('cluster', 'cluster', user('{id}-ann'))],
      acts: [clusterRole('acts', rules.acts), clusterBinding('acts', 'acts', user('developer'))],
      broken: [bindingIn('broken', 'Role', 'missing', user('{id}-bob'))],
    }
    return chosen.flatMap(who => given[who] ?? [])
  })

/** Rights change while others use them. */
export const changes: fc.Arbitrary<RequestStep> = fc.oneof(
  fc.tuple(oneOf('ann', 'developer', 'crew'), some(userRules), some(crewRules)).map(([name, rules, others]): RequestStep => {
    const target = { resource: 'roles', ns: 'x', name } as const
    const merge = { rules: name === 'crew' ? others : rules }
    const or = { apiVersion: rbacVersion, kind: 'Role', metadata: { name }, ...merge }
    return { do: 'request', method: 'PUT', ...target, body: { $edit: keyOf(target), back: 0, merge, or } }
  }),
  oneOf('ann', 'developer', 'account', 'crew').map(
    (name): RequestStep => ({ do: 'request', method: 'DELETE', resource: 'rolebindings', ns: 'x', name }),
  ),
)
