import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './client.ts'
import type { Fields, Value } from './script.ts'

/** Objects with this label, and no others, are judged by the policies that stand on both sides from the start. */
export const judged: Fields = { judged: 'yes' }

/** The same, and are told the options of each request that changes them. */
export const asking: Fields = { ...judged, asks: 'yes' }

const group = 'admissionregistration.k8s.io/v1'

const hasLabel = (name: string): string => `has(${name}.metadata.labels) && 'judged' in ${name}.metadata.labels`

interface Rule {
  readonly apiGroups: readonly string[]
  readonly apiVersions: readonly string[]
  readonly resources: readonly string[]
  readonly operations: readonly string[]
}

const rule = (apiGroup: string, apiVersion: string, resources: readonly string[], ...operations: readonly string[]): Rule => ({
  apiGroups: [apiGroup],
  apiVersions: [apiVersion],
  resources,
  operations,
})

interface Policy {
  readonly name: string
  readonly rules: readonly Rule[]
  readonly validations: readonly Value[]
  readonly actions?: readonly string[]
  readonly rest?: Fields
}

/** The options of a request, as far as they are said. */
const asked = [
  "request.options.kind + ' of ' + request.options.apiVersion",
  ...['fieldManager', 'fieldValidation', 'propagationPolicy', 'gracePeriodSeconds', 'orphanDependents'].map(
    field => `(has(request.options.${field}) ? ', ${field} ' + string(request.options.${field}) : '')`,
  ),
  "(has(request.options.dryRun) ? ', dryRun ' + request.options.dryRun[0] : '')",
  "(has(request.options.preconditions) && has(request.options.preconditions.uid) ? ', of that uid' : '')",
  "(has(request.options.preconditions) && has(request.options.preconditions.resourceVersion) ? ', at that version' : '')",
].join(' + ')

const policies: readonly Policy[] = [
  {
    name: 'data',
    rules: [rule('', 'v1', ['configmaps'], 'CREATE', 'UPDATE')],
    rest: {
      variables: [
        { name: 'data', expression: 'has(object.data) ? object.data : {}' },
        { name: 'lost', expression: "variables.data['nokey']" },
      ],
    },
    validations: [
      { expression: "variables.data.all(key, key != 'bad')" },
      { expression: "!('k' in variables.data) || variables.data.k != 'p'", message: 'no p, please', reason: 'Forbidden' },
      {
        expression: "!('n' in variables.data)",
        messageExpression: "'n is ' + variables.data.n + ' in ' + request.namespace.substring(request.namespace.indexOf('-'))",
        reason: 'RequestEntityTooLarge',
      },
      { expression: "!('err' in variables.data) || variables.lost == 'x'" },
      { expression: 'oldObject == null || !has(oldObject.data) || has(object.data)', message: 'data stays' },
      { expression: "!(has(object.metadata.annotations) && 'note' in object.metadata.annotations) || request.operation == 'CREATE'" },
    ],
  },
  {
    name: 'warned',
    rules: [
      rule('', 'v1', ['configmaps', 'secrets'], 'CREATE', 'UPDATE', 'DELETE'),
      rule('', 'v1', ['pods', 'namespaces', 'nodes'], 'DELETE'),
      rule('fidelity.example.test', 'v1', ['widgets'], 'UPDATE', 'DELETE'),
    ],
    actions: ['Warn', 'Audit'],
    validations: [
      { expression: "request.operation != 'DELETE'", message: 'gone for good' },
      { expression: "request.operation == 'DELETE' || !has(object.metadata.finalizers)" },
      { expression: "!('asks' in (object == null ? oldObject : object).metadata.labels)", messageExpression: asked },
      { expression: 'request.dryRun != true', messageExpression: "'only a rehearsal by ' + request.userInfo.username" },
    ],
  },
  {
    name: 'widgets',
    rules: [rule('fidelity.example.test', 'v1', ['widgets', 'widgets/status', 'widgets/scale'], 'CREATE', 'UPDATE', 'DELETE')],
    rest: { failurePolicy: 'Ignore' },
    validations: [
      {
        expression: "request.operation == 'DELETE' || request.subResource == 'scale' || object.spec.size != 8",
        message: 'eight is too many',
      },
      {
        expression: "request.operation != 'DELETE' || oldObject.spec.size < 5",
        messageExpression: "'keeps ' + string(oldObject.spec.size)",
      },
      { expression: "request.operation != 'UPDATE' || !has(object.status) || object.status.phase != 'New'", reason: 'Forbidden' },
    ],
  },
  {
    name: 'nodes',
    rules: [rule('', 'v1', ['nodes', 'nodes/status'], '*')],
    validations: [
      {
        expression: "request.operation != 'DELETE' || authorizer.group('kube-node.dev').resource('nodeclasses').check('use').allowed()",
        message: 'may not use classes',
      },
      { expression: "object == null || !has(object.spec.taints) || object.spec.taints.all(t, t.key != 'z')", message: 'no z' },
    ],
  },
]

const documents: readonly (readonly [path: string, body: Fields])[] = policies.flatMap(
  ({ actions = ['Deny'], name, rest = {}, rules, validations }) => {
    const metadata = { name: `fidelity-${name}` }
    const spec = {
      // Border: literals above are JSON.
      matchConstraints: { resourceRules: rules as unknown as Value },
      matchConditions: [
        {
          name: 'judged',
          expression: `(object == null ? false : ${hasLabel('object')}) || (oldObject != null && ${hasLabel('oldObject')})`,
        },
      ],
      validations,
      ...rest,
    }
    const binding = { policyName: metadata.name, validationActions: actions }
    return [
      [`/apis/${group}/validatingadmissionpolicies`, { apiVersion: group, kind: 'ValidatingAdmissionPolicy', metadata, spec }],
      [
        `/apis/${group}/validatingadmissionpolicybindings`,
        { apiVersion: group, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding },
      ],
    ] as const
  },
)

const headers = { 'content-type': 'application/json' }

/** Makes the policies, and waits until they are in force: kube-apiserver takes all that it has seen at once, after a second or two. */
export const preparePolicies = async (client: Client): Promise<void> => {
  for (const [path, document] of documents) {
    const { body, status } = await client.ask({ method: 'POST', path, headers, body: JSON.stringify(document) })
    if (status !== 201) throw new Error(`a policy was refused: ${JSON.stringify(body)}`)
  }
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'probe', labels: judged },
    spec: { taints: [{ key: 'z', effect: 'NoSchedule' }] },
  }
  const probe = { method: 'POST', path: '/api/v1/nodes?dryRun=All', headers, body: JSON.stringify(node) }
  for (let waited = 0; (await client.ask(probe)).status !== 422; waited += 100) {
    if (waited > 30_000) throw new Error('the policies are not in force')
    await sleep(100)
  }
  await sleep(1_000)
}
