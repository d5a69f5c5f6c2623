import { group } from '../../api/index.ts'
import { verbs } from '../verbs.ts'
import { isClaim, isKubelet, isSystem, may } from './cel.ts'
import type { PolicyDraft } from './policy.ts'

/**
 * For clusters where people may create and delete claims, and no other Nodes. Not installed unless asked for: whoever
 * else manages Nodes (Karpenter, Cluster API, a managed cloud's controllers) would be stopped before anybody gave it the verb.
 */
export const unclaimedNodes: PolicyDraft = {
  name: 'unclaimed-nodes.kube-node.dev',
  group: '',
  version: 'v1',
  resources: ['nodes'],
  operations: ['CREATE', 'DELETE'],
  conditions: [
    { name: 'not-a-claim', expression: `!(request.operation == 'CREATE' ? (${isClaim('object')}) : (${isClaim('oldObject')}))` },
    { name: 'not-kubernetes-itself', expression: `!(${isKubelet}) && !(${isSystem})` },
  ],
  validations: [
    {
      expression: may(verbs.bypass, "''"),
      message:
        'this Node is no claim: name a NodeClass in the label kube-node.dev/class, ' +
        `or have the verb "${verbs.bypass}" on nodeclasses.${group}`,
    },
  ],
}
