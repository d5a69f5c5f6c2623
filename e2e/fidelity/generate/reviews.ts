import fc from 'fast-check'
import type { Fields, RequestStep, Value } from '../script.ts'
import { oneOf } from './chance.ts'
import { post } from './create.ts'

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

/** Who may do what, and who is this? */
export const reviews: fc.Arbitrary<RequestStep> = fc.oneof(
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
