import { texts } from './cel.ts'

interface Rule {
  readonly expression: string
  readonly message: string
}

const unset = (field: string): string => `(!has(variables.spec.${field}) || size(variables.spec.${field}) == 0)`

const sized = [
  'addresses',
  'conditions',
  'capacity',
  'allocatable',
  'images',
  'volumesInUse',
  'volumesAttached',
  'runtimeHandlers',
  'declaredFeatures',
  'features',
  'config',
  'phase',
]

/**
 * kube-apiserver fills `nodeInfo` and `daemonEndpoints` with empty values; all else that is empty may be there or not.
 * Field by field: to it (1.37) a list and a map that are compared are an error.
 */
const emptyStatus = [
  `variables.status.all(k, k in ${texts(['nodeInfo', 'daemonEndpoints', ...sized])})`,
  ...sized.map(field => `(!has(variables.status.${field}) || size(variables.status.${field}) == 0)`),
  `(!has(variables.status.nodeInfo) || variables.status.nodeInfo.all(i, ` +
    `!(i in ${texts(['swap', 'runningInUserNamespace'])}) && variables.status.nodeInfo[i] == ''))`,
  `(!has(variables.status.daemonEndpoints) || !has(variables.status.daemonEndpoints.kubeletEndpoint) || ` +
    `!has(variables.status.daemonEndpoints.kubeletEndpoint.Port) || variables.status.daemonEndpoints.kubeletEndpoint.Port == 0)`,
].join(' && ')

/** Labels by which others tell nodes that are trusted, or where they are: machines get these, not wishes. */
const placed = texts([
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/master',
])

/** What a claim is born without, unless the controller makes it: each would make it look like more than a claim. */
export const birth: readonly Rule[] = [
  {
    expression: emptyStatus,
    // An address, for one: the API server would call it, with its own credentials.
    message: 'a claim has no status: leave it out, the kubelet of the machine writes it',
  },
  {
    expression: `${unset('providerID')} && ${unset('podCIDR')} && ${unset('podCIDRs')}`,
    message: 'a claim has no providerID and no pod CIDRs: leave them out, they come with the machine',
  },
  {
    expression: 'size(variables.owners) == 0 && size(variables.finalizers) == 0',
    message: 'a claim has no owners and no finalizers of its own: leave them out',
  },
  {
    expression: `variables.labels.all(k, !k.startsWith('node-restriction.kubernetes.io/') && !(k in ${placed}))`,
    message: 'labels that say where a node is or what it is trusted with are not for claims: set them in the NodeClass, or leave them out',
  },
]
