import type { TestClient } from '../client.fixture.ts'

const root = '/apis/admissionregistration.k8s.io/v1'

interface PolicyStory {
  readonly name: string
  readonly operations: readonly string[]
  readonly resources: readonly string[]
  readonly validations: readonly object[]
  readonly group?: string
  readonly constraints?: object
  readonly rest?: object
  readonly binding?: object
}

/** A policy and its binding, in force. */
export const policy = async (api: TestClient, story: PolicyStory): Promise<void> => {
  const { binding = {}, constraints = {}, group = '', name, operations, resources, rest = {}, validations } = story
  const resourceRules = [{ apiGroups: [group], apiVersions: ['v1'], operations, resources }]
  const answers = [
    await api.post(`${root}/validatingadmissionpolicies`, {
      metadata: { name },
      spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules, ...constraints }, validations, ...rest },
    }),
    await api.post(`${root}/validatingadmissionpolicybindings`, {
      metadata: { name: `${name}-binding` },
      spec: { policyName: name, validationActions: ['Deny'], ...binding },
    }),
  ]
  for (const { body, status } of answers) if (status !== 201) throw new Error(JSON.stringify(body))
}

/** The policies by which kube-node keeps its promises (DESIGN.md, section 7). */
export const earlyDeletion: PolicyStory = {
  name: 'early-deletion',
  operations: ['DELETE'],
  resources: ['nodes'],
  rest: {
    matchConditions: [
      {
        name: 'a-claim-that-is-not-ready',
        expression:
          "has(oldObject.metadata.labels) && 'kube-node.dev/class' in oldObject.metadata.labels && " +
          '!(has(oldObject.status) && has(oldObject.status.conditions) && ' +
          "oldObject.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True'))",
      },
    ],
  },
  validations: [
    {
      expression:
        "!(request.userInfo.username in ['system:serviceaccount:kube-system:node-controller', " +
        "'system:serviceaccount:kube-system:cloud-controller-manager', 'system:cloud-controller-manager'])",
      messageExpression: "'node ' + request.name + ' is being provisioned'",
      reason: 'Forbidden',
    },
  ],
}

const unchanged = (map: 'labels' | 'annotations'): string =>
  `variables.${map}.all(k, !k.startsWith('kube-node.dev/') || ` +
  `(k in variables.old_${map} && variables.old_${map}[k] == variables.${map}[k])) && ` +
  `variables.old_${map}.all(k, !k.startsWith('kube-node.dev/') || k in variables.${map})`
const mapOf = (object: string, map: string): string => `has(${object}.metadata.${map}) ? ${object}.metadata.${map} : {}`

export const kubeletKeys: PolicyStory = {
  name: 'kubelet-keys',
  operations: ['UPDATE'],
  resources: ['nodes', 'nodes/status'],
  rest: {
    matchConditions: [{ name: 'kubelets', expression: "'system:nodes' in request.userInfo.groups" }],
    variables: (['labels', 'annotations'] as const).flatMap(map => [
      { name: map, expression: mapOf('object', map) },
      { name: `old_${map}`, expression: mapOf('oldObject', map) },
    ]),
  },
  validations: [
    { expression: unchanged('labels'), message: 'labels of kube-node.dev belong to kube-node' },
    { expression: unchanged('annotations'), message: 'annotations of kube-node.dev belong to kube-node' },
    {
      expression:
        "!('kube-node.dev/machine' in oldObject.metadata.?finalizers.orValue([])) || " +
        "'kube-node.dev/machine' in object.metadata.?finalizers.orValue([])",
      message: 'the finalizer of kube-node stays',
    },
  ],
}

export const useOfClasses: PolicyStory = {
  name: 'use-of-classes',
  operations: ['CREATE', 'UPDATE'],
  resources: ['nodes'],
  rest: {
    matchConditions: [
      {
        name: 'sets-the-class',
        expression:
          "has(object.metadata.labels) && 'kube-node.dev/class' in object.metadata.labels && (oldObject == null || " +
          "oldObject.metadata.?labels[?'kube-node.dev/class'].orValue('') != object.metadata.labels['kube-node.dev/class'])",
      },
    ],
  },
  validations: [
    {
      expression:
        "authorizer.group('kube-node.dev').resource('nodeclasses').name(object.metadata.labels['kube-node.dev/class'])" +
        ".check('use').allowed()",
      messageExpression: "request.userInfo.username + ' may not use class ' + object.metadata.labels['kube-node.dev/class']",
      reason: 'Forbidden',
    },
  ],
}
