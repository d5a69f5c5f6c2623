import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import type { SubjectName } from '../resources.ts'
import type { Actor, Fields, RequestStep, Script, Step, Value } from '../script.ts'
import { oneOf } from './chance.ts'
import { stepsOf } from './steps.ts'

const ann: Actor = { user: '{id}-ann' }

/** Who acts: mostly somebody of the script's own whom a role lets do some things, now and then others, and people who act as others. */
const actors: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(ann) },
  { weight: 2, arbitrary: fc.constant<Actor>({ user: '{id}-ann', groups: ['{id}-crew'] }) },
  { weight: 2, arbitrary: fc.constant<Actor>({ user: 'system:serviceaccount:{id}-x:default' }) },
  { weight: 3, arbitrary: fc.constant<Actor>({ by: 'developer' }) },
  {
    weight: 3,
    arbitrary: oneOf<Actor>(
      { user: '{id}-bob' },
      { user: '{id}-bob', groups: ['{id}-crew', 'system:authenticated'] },
      { user: '{id}-bob', groups: ['system:masters'] },
      { user: '{id}-bob', uid: 'b-1', extra: { 'example.test/Why': ['because', 'so'] } },
      { user: 'system:anonymous' },
      { user: 'system:serviceaccount:{id}-y:other', groups: ['{id}-crew'] },
      { by: 'stranger' },
      { by: 'anonymous' },
      { by: 'nobody' },
    ),
  },
  {
    weight: 2,
    arbitrary: oneOf<Actor>(
      { by: 'developer', user: '{id}-ann' },
      { by: 'developer', user: '{id}-ann', groups: ['{id}-crew'] },
      { by: 'developer', user: '{id}-bob' },
      { by: 'developer', user: 'system:serviceaccount:{id}-x:default' },
      { by: 'developer', user: 'system:serviceaccount:{id}-y:default' },
      { by: 'developer', user: '{id}-ann', uid: '{id}-1' },
      { by: 'developer', user: '{id}-ann', extra: { scope: ['{id}-view'] } },
      { by: 'developer', groups: ['{id}-crew'] },
      { by: 'stranger', user: '{id}-ann' },
      { by: 'stranger', user: 'system:serviceaccount:{id}-x:default' },
      { by: 'stranger', user: 'system:node:{id}-a' },
      { groups: ['{id}-crew'] },
    ),
  },
)

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

const post = (resource: RequestStep['resource'], body: Fields, ns?: 'x'): RequestStep => ({
  do: 'request',
  method: 'POST',
  resource,
  ...(ns === undefined ? {} : { ns }),
  body,
})

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
const grants: fc.Arbitrary<readonly RequestStep[]> = fc
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

const attributes: fc.Arbitrary<Fields> = fc
  .record({
    verb: oneOf('get', 'list', 'create', 'patch', 'deletecollection', '*', 'use'),
    group: oneOf('', 'fidelity.example.test', 'coordination.k8s.io', '*'),
    resource: oneOf('configmaps', 'pods', 'widgets', 'leases', 'secrets', 'nodes', '*'),
    subresource: oneOf('', '', 'status', 'scale', 'eviction'),
    namespace: oneOf('{id}-x', '{id}-x', '{id}-y', ''),
    name: oneOf('', 'a', 'b'),
  })
  .map(all => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')))

const access: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 8, arbitrary: attributes.map(resourceAttributes => ({ resourceAttributes })) },
  {
    weight: 2,
    arbitrary: oneOf('/metrics', '/logs/a', '/apis', '/').map(path => ({ nonResourceAttributes: { path, verb: 'get' } })),
  },
  { weight: 1, arbitrary: oneOf<Fields>({}, { resourceAttributes: {}, nonResourceAttributes: {} }) },
)

const asked: fc.Arbitrary<Fields> = oneOf<Fields>(
  { user: '{id}-ann' },
  { user: '{id}-ann', groups: ['{id}-crew', 'system:authenticated'] },
  { groups: ['{id}-crew'] },
  { user: 'system:serviceaccount:{id}-x:default' },
  { user: '{id}-bob' },
  { user: 'root', groups: ['system:masters'] },
  {},
)

const authorizationVersion = 'authorization.k8s.io/v1'
const authenticationVersion = 'authentication.k8s.io/v1'

const reviews: fc.Arbitrary<RequestStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: access.map(spec =>
      post('selfsubjectaccessreviews', { apiVersion: authorizationVersion, kind: 'SelfSubjectAccessReview', spec }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(access, asked)
      .map(([what, who]) =>
        post('subjectaccessreviews', { apiVersion: authorizationVersion, kind: 'SubjectAccessReview', spec: { ...what, ...who } }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(access, asked).map(([what, who]) =>
      post(
        'localsubjectaccessreviews',
        {
          apiVersion: authorizationVersion,
          kind: 'LocalSubjectAccessReview',
          metadata: { namespace: '{id}-x' },
          spec: { ...what, ...who },
        },
        'x',
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: oneOf<Value>('{token:developer}', '{token:stranger}', '{token:nobody}', '').map(token =>
      post('tokenreviews', { apiVersion: authenticationVersion, kind: 'TokenReview', spec: { token } }),
    ),
  },
  { weight: 1, arbitrary: fc.constant(post('selfsubjectreviews', { apiVersion: authenticationVersion, kind: 'SelfSubjectReview' })) },
)

/** Rights change while others use them. */
const changes: fc.Arbitrary<RequestStep> = fc.oneof(
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

const kinds: readonly SubjectName[] = ['configmaps', 'secrets', 'pods', 'widgets', 'leases', 'nodes', 'nodesets']

/** Some of what everybody does, done by users whose rights are the script's own. */
export const userScripts = (longest: number): fc.Arbitrary<Script> =>
  fc.uniqueArray(oneOf(...kinds), { minLength: 1, maxLength: 3 }).chain(chosen => {
    const usual = fc.tuple(
      fc.oneof(...chosen.map(stepsOf)),
      fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 5, arbitrary: actors }),
    )
    const acting: fc.Arbitrary<Step> = usual.map(([step, as]) => (as === undefined ? step : { ...step, as }))
    const asking = fc
      .tuple(reviews, fc.option(actors, { nil: undefined, freq: 3 }))
      .map(([step, as]): Step => (as === undefined ? step : { ...step, as }))
    const steps = fc.array(
      fc.oneof({ weight: 10, arbitrary: acting }, { weight: 4, arbitrary: asking }, { weight: 1, arbitrary: changes }),
      { minLength: 1, maxLength: longest, size: 'max' },
    )
    return fc.tuple(grants, steps).map(([first, rest]) => ({ steps: [...first, ...rest] }))
  })
