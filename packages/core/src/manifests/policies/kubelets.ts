import {
  isKubelet,
  keysUnchanged,
  noFinalizerLost,
  noNewFinalizer,
  noNewOwner,
  noOwnerLost,
  nodeVariables,
  taintsUnchanged,
  text,
} from './cel.ts'
import type { PolicyDraft, Validation } from './policy.ts'

const providerID = (spec: string): string => `(has(${spec}.providerID) ? ${spec}.providerID : '')`

/**
 * A machine that was broken into must not become another one's, or outlive its claim: a kubelet leaves alone what is
 * ours. It may register with a taint of ours, which only keeps pods away. Without `providerIDs` it may register under any
 * providerID, as those of EKS do.
 */
export const kubelets = (providerIDs: readonly string[] | undefined): PolicyDraft => ({
  name: 'kubelets.kube-node.dev',
  group: '',
  version: 'v1',
  resources: ['nodes', 'nodes/status'],
  operations: ['CREATE', 'UPDATE'],
  conditions: [{ name: 'kubelets', expression: isKubelet }],
  variables: nodeVariables,
  validations: [
    { expression: keysUnchanged('labels'), message: ours('labels') },
    { expression: keysUnchanged('annotations'), message: ours('annotations') },
    { expression: `request.operation == 'CREATE' || (${taintsUnchanged})`, message: ours('taints') },
    { expression: `${noNewFinalizer} && ${noFinalizerLost}`, message: ours('finalizers') },
    { expression: `${noNewOwner} && ${noOwnerLost}`, message: ours('owners') },
    {
      expression:
        `request.operation == 'CREATE' || !(variables.isClaim || variables.wasClaim) || ` +
        `${providerID('variables.spec')} == ${providerID('variables.oldSpec')}`,
      message: 'kube-node writes the providerID of its claims: the kubelet leaves spec.providerID as it is',
    },
    ...registration(providerIDs),
  ],
})

const ours = (what: string): string => `${what} of kube-node.dev belong to kube-node: the kubelet leaves them as they are`

const registration = (prefixes: readonly string[] | undefined): readonly Validation[] =>
  prefixes === undefined
    ? []
    : [
        {
          expression: ["request.operation != 'CREATE'", `${providerID('variables.spec')} == ''`, ...prefixes.map(startsWith)].join(' || '),
          message: `kubelets register with no providerID, or one that starts with ${prefixes.join(' or ')}: start it without --provider-id`,
        },
      ]

const startsWith = (prefix: string): string => `${providerID('variables.spec')}.startsWith(${text(prefix)})`
